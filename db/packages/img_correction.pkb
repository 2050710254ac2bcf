create or replace package body img_correction as

  function labels(p_image_ids in json) return sys_refcursor is
    l_labels sys_refcursor;
  begin
    -- In the order in which img_store locks them.
    for r_load in (
      select l.load_id
        from image_load l
       where l.image_id in (select w.image_id from json_table(p_image_ids, '$[*]' columns (image_id number path '$')) w)
       order by l.load_id
         for update
    ) loop
      null;
    end loop;
    open l_labels for
      select l.image_id, s.name as source_name, s.root as source_root, l.label_path, l.image_path,
             case
               when l.label_correction is null then json_serialize(i.metadata returning clob)
               else json_serialize(l.own_label returning clob)
             end as own_label,
             l.label_correction
        from image_load l
        join image_demo1 i on i.image_id = l.image_id
        join image_source s on s.source_id = l.source_id
       where l.state = 'STORED'
         and l.image_id in (select w.image_id from json_table(p_image_ids, '$[*]' columns (image_id number path '$')) w)
       order by l.image_id;
    return l_labels;
  end labels;

  function images_at(
    p_source in image_source.name%type,
    p_paths  in json
  ) return sys_refcursor is
    l_source_id constant image_source.source_id%type := img_source.number_of(p_source);
    l_images    sys_refcursor;
  begin
    open l_images for
      select w.path, l.image_id
        from json_table(p_paths, '$[*]' columns (path varchar2(1000 char) path '$')) w
        join image_load l
          on l.source_id = l_source_id
         and (l.image_path = w.path or l.label_path = w.path)
       where l.state = 'STORED'
       order by l.image_id;
    return l_images;
  end images_at;

  procedure put_labels(p_labels in json) is
    l_wanted image_demo1.image_id%type;
  begin
    select min(f.image_id)
      into l_wanted
      from json_table(p_labels, '$[*]' columns (image_id number path '$.image_id' null on error null on empty)) f
      left join image_load l on l.image_id = f.image_id and l.state = 'STORED'
     where l.load_id is null;
    if l_wanted is not null then
      img_error.throw(img_error.co_not_correctable, to_char(l_wanted));
    end if;

    merge into image_load l
    using (
      select f.image_id, json(f.own_label) as own_label, f.label_correction
        from json_table(p_labels, '$[*]'
               columns (
                 image_id         number            path '$.image_id' null on error null on empty,
                 own_label        clob format json  path '$.own' null on error null on empty,
                 label_correction varchar2(64 char) path '$.correction' null on error null on empty
               )
             ) f
    ) n
    on (l.image_id = n.image_id)
    when matched then
      update
         set l.own_label        = n.own_label,
             l.label_correction = n.label_correction;

    merge into image_demo1 i
    using (
      select f.image_id, json(f.label) as label
        from json_table(p_labels, '$[*]'
               columns (
                 image_id number           path '$.image_id' null on error null on empty,
                 label    clob format json path '$.label' null on error null on empty
               )
             ) f
    ) n
    on (i.image_id = n.image_id)
    when matched then
      update set i.metadata = n.label;
  end put_labels;

  procedure note(
    p_source      in image_source.name%type,
    p_corrections in json
  ) is
    l_source_id constant image_source.source_id%type := img_source.number_of(p_source);
  begin
    merge into image_correction c
    using (
      select f.correction_id, f.label_path, f.of_part, f.part, f.quality, f.part_was, f.quality_was,
             case when f.written = 'true' then 1 else 0 end as is_in_label,
             f.corrected_by, f.corrected_at, f.undone_by, f.undone_at
        from json_table(p_corrections, '$[*]'
               columns (
                 correction_id varchar2(32 char)        path '$.id' null on error null on empty,
                 label_path    varchar2(1000 char)      path '$.label' null on error null on empty,
                 of_part       varchar2(100 char)       path '$.of' null on error null on empty,
                 part          varchar2(100 char)       path '$.part' null on error null on empty,
                 quality       varchar2(100 char)       path '$.quality' null on error null on empty,
                 part_was      varchar2(100 char)       path '$.was.part' null on error null on empty,
                 quality_was   varchar2(100 char)       path '$.was.quality' null on error null on empty,
                 written       varchar2(5 char)         path '$.written' null on error null on empty,
                 corrected_by  varchar2(100 char)       path '$.by' null on error null on empty,
                 corrected_at  timestamp with time zone path '$.at' null on error null on empty,
                 undone_by     varchar2(100 char)       path '$.undone_by' null on error null on empty,
                 undone_at     timestamp with time zone path '$.undone_at' null on error null on empty
               )
             ) f
    ) n
    on (c.source_id = l_source_id and c.correction_id = n.correction_id)
    when matched then
      update
         set c.undone_by = n.undone_by,
             c.undone_at = n.undone_at
    when not matched then
      insert (
        source_id, correction_id, label_path, of_part, part, quality, part_was, quality_was, is_in_label, corrected_by,
        corrected_at, undone_by, undone_at
      )
      values (
        l_source_id, n.correction_id, n.label_path, n.of_part, n.part, n.quality, n.part_was, n.quality_was, n.is_in_label,
        n.corrected_by, n.corrected_at, n.undone_by, n.undone_at
      );
  end note;

end img_correction;
/
