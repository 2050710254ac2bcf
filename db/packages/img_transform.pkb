create or replace package body img_transform as

  function needs_loader(p_kind in varchar2) return number is
  begin
    return case when upper(p_kind) in ('WHITEN', 'LDA', 'KERNEL', 'JOINT', 'TUNED') then 1 else 0 end;
  end needs_loader;

  function compares_classes(p_kind in varchar2) return number is
  begin
    return case when p_kind in ('PROTOTYPE', 'LDA', 'KERNEL', 'JOINT') then 1 else 0 end;
  end compares_classes;

  function gives_probabilities(p_kind in varchar2) return number is
  begin
    return case when p_kind in ('LDA', 'KERNEL', 'JOINT') then 1 else 0 end;
  end gives_probabilities;

  function applied(
    p_transform_id in image_transform.transform_id%type,
    p_part         in image_transform_row.part%type,
    p_embedding    in vector
  ) return vector is
    l_kind   image_transform.kind%type;
    l_result vector;
  begin
    select max(kind)
      into l_kind
      from image_transform
     where transform_id = p_transform_id;
    if l_kind = 'CENTRE' then
      select to_vector(p_embedding - coefficients, *, float32)
        into l_result
        from image_transform_row
       where transform_id = p_transform_id
         and part = p_part;
    elsif l_kind in ('WHITEN', 'KERNEL') then
      select to_vector(
               json_arrayagg(
                 cast(intercept - vector_distance(coefficients, p_embedding, dot) / vector_norm(p_embedding) as number)
                 order by row_no null on null returning clob))
        into l_result
        from image_transform_row
       where transform_id = p_transform_id
         and part = p_part;
    else
      l_result := p_embedding;
    end if;
    if l_result is null then
      img_error.throw(img_error.co_unknown_part, p_part);
    end if;
    return l_result;
  exception
    when no_data_found then
      img_error.throw(img_error.co_unknown_part, p_part);
  end applied;

  function named(
    p_name   in varchar2,
    p_target in varchar2,
    p_source in varchar2 default null
  ) return number is
    l_transform_id image_transform.transform_id%type;
    l_target       image_transform.target%type;
    l_kind         image_transform.kind%type;
    l_model_id     image_transform.model_id%type;
    l_source       image_transform.source_name%type;
    l_threshold    image_transform.threshold%type;
    l_stored       image_transform.model_id%type;
  begin
    if p_name is null then
      return null;
    end if;
    begin
      select transform_id, target, kind, model_id, source_name, threshold
        into l_transform_id, l_target, l_kind, l_model_id, l_source, l_threshold
        from image_transform
       where name = p_name;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_transform, p_name);
    end;
    l_stored := img_comparable.stored_model;
    if nvl(l_model_id, -1) <> nvl(l_stored, -1) then
      img_error.throw(
        img_error.co_stale_transform, p_name, img_comparable.model_name(l_model_id),
        img_comparable.model_name(l_stored)
      );
    elsif (compares_classes(l_kind) = 1 or l_threshold is not null) and l_target <> img_choice.checked_target(p_target) then
      img_error.throw(img_error.co_other_target, l_target, upper(p_target));
    elsif compares_classes(l_kind) = 1 and p_source is not null and (l_source is null or l_source <> p_source) then
      img_error.throw(img_error.co_other_source, p_name, nvl(l_source, 'all sources'), p_source);
    end if;
    return l_transform_id;
  end named;

  function scope_of(
    p_transform_id in image_transform.transform_id%type,
    p_part         in varchar2
  ) return varchar2 is
    l_within_part image_transform.within_part%type;
  begin
    select max(within_part)
      into l_within_part
      from image_transform
     where transform_id = p_transform_id;
    return case when l_within_part = 1 then nvl(p_part, '*') else '*' end;
  end scope_of;

  function vote_temperature(
    p_transform_id in image_transform.transform_id%type,
    p_temperature  in number
  ) return number is
    l_temperature number;
  begin
    select max(nvl(temperature, 1))
      into l_temperature
      from image_transform
     where transform_id = p_transform_id
       and gives_probabilities(kind) = 1;
    return nvl(l_temperature, p_temperature);
  end vote_temperature;

  function begin_fit(
    p_kind        in varchar2,
    p_target      in varchar2,
    p_within_part in number,
    p_images      in number,
    p_shrinkage   in number,
    p_run_id      in image_run.run_id%type default null,
    p_fold        in number default null,
    p_name        in varchar2 default null,
    p_source      in varchar2 default null,
    p_outputs     in number default null,
    p_kernel_width in number default null,
    p_ridge       in number default null,
    p_last_image_id in image_demo1.image_id%type default null,
    p_k           in number default null,
    p_weighting   in varchar2 default null,
    p_threshold   in number default null,
    p_grades      in varchar2 default null,
    p_joint_id    in image_transform.transform_id%type default null
  ) return number is
    l_kind         constant varchar2(10 char) := case
                                                   when p_run_id is null then img_choice.checked_kind(p_kind)
                                                   else img_choice.checked_fold_kind(p_kind)
                                                 end;
    l_target       constant varchar2(10 char) := img_choice.checked_target(p_target);
    l_transform_id image_transform.transform_id%type;
  begin
    img_choice.check_flag('p_within_part', p_within_part);
    img_graded.check_use(l_kind, p_threshold, p_grades);
    if p_run_id is null and p_joint_id is null then
      img_choice.check_text('p_name', p_name);
      img_comparable.check_stored;
      img_comparable.check_formats;
    end if;
    delete from image_transform
     where name = p_name;
    insert into image_transform (
      name, kind, target, within_part, model_id, run_id, fold, images, shrinkage, source_name,
      outputs, kernel_width, ridge, last_image_id, k, weighting, threshold, grades, grade_threshold, joint_id
    ) values (
      p_name, l_kind, l_target, p_within_part, img_comparable.stored_model, p_run_id, p_fold, p_images, p_shrinkage,
      p_source, p_outputs, p_kernel_width, p_ridge, p_last_image_id, p_k, p_weighting,
      case when p_grades is null then p_threshold end, upper(p_grades), case when p_grades is not null then p_threshold end,
      p_joint_id
    )
    returning transform_id into l_transform_id;
    return l_transform_id;
  end begin_fit;

  procedure keep_choices(p_run_id in image_run.run_id%type) is
  begin
    delete from image_transform_row
     where transform_id in (select f.transform_id from vw_fold_fit f where f.run_id = p_run_id);
    delete from image_transform_support
     where transform_id in (select f.transform_id from vw_fold_fit f where f.run_id = p_run_id);
  end keep_choices;

  procedure put_row(
    p_transform_id in image_transform.transform_id%type,
    p_part         in image_transform_row.part%type,
    p_row_no       in number,
    p_class        in image_transform_row.class%type,
    p_coefficients in vector,
    p_intercept    in number
  ) is
  begin
    insert into image_transform_row (transform_id, part, row_no, class, coefficients, intercept)
    values (p_transform_id, p_part, p_row_no, p_class, p_coefficients, p_intercept);
  end put_row;

  procedure fit_fold(p_transform_id in image_transform.transform_id%type) is
    l_kind        image_transform.kind%type;
    l_within_part image_transform.within_part%type;
    l_run_id      image_transform.run_id%type;
    l_fold        image_transform.fold%type;
  begin
    select kind, within_part, run_id, fold
      into l_kind, l_within_part, l_run_id, l_fold
      from image_transform
     where transform_id = p_transform_id;
    insert into image_transform_row (transform_id, part, row_no, class, coefficients)
    select p_transform_id, m.part,
           row_number() over (partition by m.part order by nlssort(m.class, 'NLS_SORT=BINARY')), m.class, m.mean
      from (select g.part, g.class, to_vector(avg(g.embedding), *, float32) as mean
              from (select /*+ use_hash(v.c v.i) */ case when l_within_part = 1 then v.part else '*' end as part,
                           case when l_kind = 'PROTOTYPE' then v.actual end as class, v.embedding
                      from vw_item_vector v
                     where v.run_id = l_run_id
                       and v.fold <> l_fold) g
             group by g.part, g.class) m;
  end fit_fold;

  procedure fit_run(
    p_run_id in image_run.run_id%type,
    p_kind   in varchar2
  ) is
    l_target       image_run.target%type;
    l_within_part  image_run.within_part%type;
    l_transform_id image_transform.transform_id%type;
  begin
    if needs_loader(img_choice.checked_kind(p_kind)) = 1 then
      img_error.throw(img_error.co_needs_loader, upper(p_kind));
    end if;
    select target, within_part
      into l_target, l_within_part
      from image_run
     where run_id = p_run_id;
    for r_fold in (select distinct fold from vw_tested_item where run_id = p_run_id) loop
      l_transform_id := begin_fit(
        p_kind        => p_kind,
        p_target      => l_target,
        p_within_part => l_within_part,
        p_images      => 0,
        p_shrinkage   => null,
        p_run_id      => p_run_id,
        p_fold        => r_fold.fold
      );
      fit_fold(l_transform_id);
    end loop;
  end fit_run;

  procedure fit_named(
    p_name        in varchar2,
    p_kind        in varchar2,
    p_target      in varchar2 default img_choice.co_target,
    p_within_part in number default 1,
    p_source      in varchar2 default null,
    p_threshold   in number default null
  ) is
    l_kind         constant varchar2(10 char) := img_choice.checked_kind(p_kind);
    l_target       constant varchar2(10 char) := img_choice.checked_target(p_target);
    l_source_id    image_source.source_id%type;
    l_transform_id image_transform.transform_id%type;
    l_images       pls_integer;
    l_last         image_demo1.image_id%type;
  begin
    if needs_loader(l_kind) = 1 then
      img_error.throw(img_error.co_needs_loader, l_kind);
    end if;
    img_comparable.check_stored;
    l_source_id := img_comparable.checked_source(p_source);
    select count(*), max(image_id)
      into l_images, l_last
      from vw_image_class
     where target = l_target
       and part is not null
       and class is not null
       and embedding is not null
       and (l_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = l_source_id));
    l_transform_id := begin_fit(
      p_kind        => l_kind,
      p_target      => l_target,
      p_within_part => p_within_part,
      p_images      => l_images,
      p_shrinkage   => null,
      p_name        => p_name,
      p_source      => p_source,
      p_last_image_id => l_last,
      p_threshold   => p_threshold
    );
    insert into image_transform_row (transform_id, part, row_no, class, coefficients)
    select l_transform_id, m.part,
           row_number() over (partition by m.part order by nlssort(m.class, 'NLS_SORT=BINARY')), m.class, m.mean
      from (select g.part, g.class, to_vector(avg(g.embedding), *, float32) as mean
              from (select case when p_within_part = 1 then l.part else '*' end as part,
                           case when l_kind = 'PROTOTYPE' then l.class end as class, l.embedding
                      from vw_image_class l
                     where l.target = l_target
                       and l.part is not null
                       and l.class is not null
                       and (l_source_id is null
                            or l.image_id in (select o.image_id from image_load o where o.source_id = l_source_id))) g
             group by g.part, g.class) m;
  end fit_named;

  function groups(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_groups sys_refcursor;
  begin
    open l_groups for
      select distinct i.fold, case when r.within_part = 1 then i.part else '*' end as part
        from vw_tested_item i
        join image_run r on r.run_id = i.run_id
       where i.run_id = p_run_id
       order by 1, 2;
    return l_groups;
  end groups;

  function fold_rows(
    p_run_id in image_run.run_id%type,
    p_part   in varchar2
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select /*+ use_hash(v r) */ v.fold, v.image_id, v.actual as class,
             case
               when r.grades is null then v.actual_value - r.threshold
               else img_graded.value_of(g.class) - r.grade_threshold
             end as value,
             v.embedding
        from vw_item_vector v
        join image_run r on r.run_id = v.run_id
        left join vw_image_class g on g.image_id = v.image_id and g.target = r.grades
       where v.run_id = p_run_id
         and (r.within_part = 0 or v.part = p_part)
       order by v.item_no;
    return l_rows;
  end fold_rows;

  function named_groups(
    p_within_part in number,
    p_source      in varchar2 default null
  ) return sys_refcursor is
    l_source_id constant number := img_comparable.checked_source(p_source);
    l_groups    sys_refcursor;
  begin
    img_choice.check_flag('p_within_part', p_within_part);
    open l_groups for
      select distinct case when p_within_part = 1 then part else '*' end as part
        from vw_image_label
       where embedding is not null
         and part is not null
         and (l_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = l_source_id))
       order by 1;
    return l_groups;
  end named_groups;

  function named_rows(
    p_target    in varchar2,
    p_part      in varchar2,
    p_source    in varchar2 default null,
    p_grades    in varchar2 default null,
    p_threshold in number default null
  ) return sys_refcursor is
    l_graded    constant varchar2(10 char) := img_choice.checked_target(nvl(p_grades, p_target));
    l_target    constant varchar2(10 char) := img_choice.checked_target(p_target);
    l_source_id constant number := img_comparable.checked_source(p_source);
    l_rows      sys_refcursor;
  begin
    open l_rows for
      select l.image_id, l.class,
             case when p_threshold is not null then img_graded.value_of(g.class) - p_threshold end as value, l.embedding
        from (select image_id, class, embedding
                from vw_image_class
               where target = l_target
                 and class is not null
                 and p_part = '*'
               union all
              select image_id, class, embedding
                from vw_image_class
               where target = l_target
                 and class is not null
                 and part = p_part
                 and p_part <> '*') l
        join vw_image_order o on o.image_id = l.image_id
        left join vw_image_class g on g.image_id = l.image_id and g.target = l_graded
       where (l_source_id is null or o.source_id = l_source_id)
         and (p_threshold is null or p_grades is not null or img_graded.value_of(l.class) is not null)
       order by nlssort(o.order_key, 'NLS_SORT=BINARY'), l.image_id;
    return l_rows;
  end named_rows;

end img_transform;
/
