-- Two evaluations over the images that both tested: how often each is right, and by how much B is right more often than A
-- (difference), each with its 95 % interval of img_interval. Read it with conditions on run_a and run_b; img_compare says
-- what follows.
create or replace view vw_compared_run as
select c.run_a, c.run_b, c.images, c.both_right, c.only_a, c.only_b, c.images - c.both_right - c.only_a - c.only_b as both_wrong,
       (c.both_right + c.only_a) / c.images as accuracy_a,
       img_interval.share_low(c.both_right + c.only_a, c.images) as accuracy_low_a,
       img_interval.share_high(c.both_right + c.only_a, c.images) as accuracy_high_a,
       (c.both_right + c.only_b) / c.images as accuracy_b,
       img_interval.share_low(c.both_right + c.only_b, c.images) as accuracy_low_b,
       img_interval.share_high(c.both_right + c.only_b, c.images) as accuracy_high_b,
       (c.only_b - c.only_a) / c.images as difference,
       img_interval.difference_low(c.only_a, c.only_b, c.images) as difference_low,
       img_interval.difference_high(c.only_a, c.only_b, c.images) as difference_high
  from (select run_a, run_b, count(*) as images, sum(hit_a * hit_b) as both_right,
               sum(hit_a * (1 - hit_b)) as only_a, sum((1 - hit_a) * hit_b) as only_b
          from vw_compared_item
         group by run_a, run_b) c;
