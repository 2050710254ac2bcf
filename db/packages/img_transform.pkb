create or replace package body img_transform as

  procedure check_kind(p_kind in varchar2) is
  begin
    if p_kind is null or upper(p_kind) not in ('CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA') then
      img_error.throw(img_error.co_unknown_transform, p_kind);
    end if;
  end check_kind;

  procedure check_target(p_target in varchar2) is
  begin
    if p_target is null or upper(p_target) not in ('QUALITY', 'CATEGORY1', 'CATEGORY2', 'PART') then
      img_error.throw(img_error.co_unknown_target, p_target);
    end if;
  end check_target;

  function needs_loader(p_kind in varchar2) return number is
  begin
    return case when upper(p_kind) in ('WHITEN', 'LDA') then 1 else 0 end;
  end needs_loader;

  function applied(
    p_transform_id in embedding_transform.transform_id%type,
    p_part         in embedding_transform_row.part%type,
    p_embedding    in vector
  ) return vector is
    l_kind   embedding_transform.kind%type;
    l_result vector;
  begin
    select max(kind)
      into l_kind
      from embedding_transform
     where transform_id = p_transform_id;
    if l_kind = 'CENTRE' then
      select to_vector(p_embedding - coefficients, *, float32)
        into l_result
        from embedding_transform_row
       where transform_id = p_transform_id
         and part = p_part;
    elsif l_kind = 'WHITEN' then
      select to_vector(
               json_arrayagg(
                 cast(intercept - vector_distance(coefficients, p_embedding, dot) / vector_norm(p_embedding) as number)
                 order by row_no null on null returning clob))
        into l_result
        from embedding_transform_row
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

  function begin_fit(
    p_kind        in varchar2,
    p_target      in varchar2,
    p_within_part in number,
    p_images      in number,
    p_shrinkage   in number,
    p_run_id      in classification_run.run_id%type default null,
    p_fold        in number default null,
    p_name        in embedding_transform.name%type default null
  ) return number is
    l_transform_id embedding_transform.transform_id%type;
  begin
    check_kind(p_kind);
    if p_name is null and p_run_id is null then
      img_error.throw(img_error.co_missing_argument, 'p_name');
    end if;
    delete from embedding_transform
     where name = p_name;
    insert into embedding_transform (name, kind, target, within_part, model_id, run_id, fold, images, shrinkage)
    values (
      p_name, upper(p_kind), upper(p_target), p_within_part,
      (select max(model_id) from image_demo1 where embedding is not null), p_run_id, p_fold, p_images, p_shrinkage
    )
    returning transform_id into l_transform_id;
    return l_transform_id;
  end begin_fit;

  procedure put_row(
    p_transform_id in embedding_transform.transform_id%type,
    p_part         in embedding_transform_row.part%type,
    p_row_no       in number,
    p_class        in embedding_transform_row.class%type,
    p_coefficients in vector,
    p_intercept    in number
  ) is
  begin
    insert into embedding_transform_row (transform_id, part, row_no, class, coefficients, intercept)
    values (p_transform_id, p_part, p_row_no, p_class, p_coefficients, p_intercept);
  end put_row;

  procedure fit_run(
    p_run_id in classification_run.run_id%type,
    p_kind   in varchar2
  ) is
    l_target       classification_run.target%type;
    l_within_part  classification_run.within_part%type;
    l_transform_id embedding_transform.transform_id%type;
  begin
    check_kind(p_kind);
    if needs_loader(p_kind) = 1 then
      img_error.throw(img_error.co_needs_loader, upper(p_kind));
    end if;
    select target, within_part
      into l_target, l_within_part
      from classification_run
     where run_id = p_run_id;
    for r_fold in (
      select distinct fold
        from classification_item
       where run_id = p_run_id
         and untested_reason is null
    ) loop
      l_transform_id := begin_fit(
        p_kind        => p_kind,
        p_target      => l_target,
        p_within_part => l_within_part,
        p_images      => 0,
        p_shrinkage   => null,
        p_run_id      => p_run_id,
        p_fold        => r_fold.fold
      );
      insert into embedding_transform_row (transform_id, part, row_no, class, coefficients)
      select l_transform_id, m.part,
             row_number() over (partition by m.part order by nlssort(m.class, 'NLS_SORT=BINARY')), m.class, m.mean
        from (select g.part, g.class, to_vector(avg(g.embedding), *, float32) as mean
                from (select /*+ use_hash(v.c v.i) */ case when l_within_part = 1 then v.part else '*' end as part,
                             case when upper(p_kind) = 'PROTOTYPE' then v.actual end as class, v.embedding
                        from vw_item_vector v
                       where v.run_id = p_run_id
                         and v.fold <> r_fold.fold) g
               group by g.part, g.class) m;
    end loop;
  end fit_run;

  procedure fit_named(
    p_name        in embedding_transform.name%type,
    p_kind        in varchar2,
    p_target      in varchar2 default 'QUALITY',
    p_within_part in number default 1
  ) is
    l_transform_id embedding_transform.transform_id%type;
    l_images       pls_integer;
  begin
    check_kind(p_kind);
    if needs_loader(p_kind) = 1 then
      img_error.throw(img_error.co_needs_loader, upper(p_kind));
    elsif p_name is null then
      img_error.throw(img_error.co_missing_argument, 'p_name');
    end if;
    check_target(p_target);
    select count(*)
      into l_images
      from vw_image_label
     where embedding is not null;
    if l_images = 0 then
      img_error.throw(img_error.co_no_images);
    end if;
    l_transform_id := begin_fit(
      p_kind        => p_kind,
      p_target      => p_target,
      p_within_part => p_within_part,
      p_images      => l_images,
      p_shrinkage   => null,
      p_name        => p_name
    );
    insert into embedding_transform_row (transform_id, part, row_no, class, coefficients)
    select l_transform_id, m.part,
           row_number() over (partition by m.part order by nlssort(m.class, 'NLS_SORT=BINARY')), m.class, m.mean
      from (select g.part, g.class, to_vector(avg(g.embedding), *, float32) as mean
              from (select case when p_within_part = 1 then l.part else '*' end as part,
                           case when upper(p_kind) = 'PROTOTYPE' then l.class end as class, l.embedding
                      from vw_image_class l
                     where l.target = upper(p_target)
                       and l.part is not null
                       and l.class is not null) g
             group by g.part, g.class) m;
  end fit_named;

  function groups(p_run_id in classification_run.run_id%type) return sys_refcursor is
    l_groups sys_refcursor;
  begin
    open l_groups for
      select distinct i.fold, case when r.within_part = 1 then i.part else '*' end as part
        from classification_item i
        join classification_run r on r.run_id = i.run_id
       where i.run_id = p_run_id
         and i.untested_reason is null
       order by 1, 2;
    return l_groups;
  end groups;

  function training_rows(
    p_run_id in classification_run.run_id%type,
    p_fold   in number,
    p_part   in varchar2
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select /*+ use_hash(v r) */ v.actual, v.embedding
        from vw_item_vector v
        join classification_run r on r.run_id = v.run_id
       where v.run_id = p_run_id
         and v.fold <> p_fold
         and (r.within_part = 0 or v.part = p_part)
       order by v.item_id;
    return l_rows;
  end training_rows;

  function named_groups(p_within_part in number) return sys_refcursor is
    l_groups sys_refcursor;
  begin
    open l_groups for
      select distinct case when p_within_part = 1 then part else '*' end as part
        from vw_image_label
       where embedding is not null
         and part is not null
       order by 1;
    return l_groups;
  end named_groups;

  function named_rows(
    p_target in varchar2,
    p_part   in varchar2
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_target(p_target);
    open l_rows for
      select class, embedding
        from (select image_id, class, embedding
                from vw_image_class
               where target = upper(p_target)
                 and class is not null
                 and p_part = '*'
               union all
              select image_id, class, embedding
                from vw_image_class
               where target = upper(p_target)
                 and class is not null
                 and part = p_part
                 and p_part <> '*')
       order by image_id;
    return l_rows;
  end named_rows;

end img_transform;
/
