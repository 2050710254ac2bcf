-- Labels that the neighbours contradict, the most doubtful first by place: the share of the votes that the given
-- label got, ascending (self-confidence of C. Northcutt et al. 2021, Confident learning, arXiv 1911.00068, with
-- the votes of nearest neighbours as probabilities, D. Bahri et al. 2020, Deep k-NN for noisy labels, arXiv
-- 2004.12289). Of two with as much, the one whose neighbours are more at one about another label.
create or replace view vw_label_suspect as
select i.run_id, i.image_id, i.part, i.actual, i.predicted, i.confidence, i.actual_share, i.place, i.disputed,
       p.source_name, p.label_path, p.image_path, p.is_removed
  from (select run_id, image_id, part, actual, predicted, confidence, actual_share,
               row_number() over (partition by run_id
                 order by actual_share, confidence desc, nearest_distance, item_no) as place,
               case when predicted <> actual and confidence >= 0.5 then 1 else 0 end as disputed
          from vw_evaluation_item
         where predicted is not null
           and actual is not null) i
  left join vw_image_path p on p.image_id = i.image_id;
