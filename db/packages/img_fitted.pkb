create or replace package body img_fitted as

  -- What stands for the class where votes are for a number.
  co_number constant image_transform_weight.class%type := '*';

  /** Whether images are stored, among those that a query is compared with, of a class that a transform does not know. */
  function lacks_class(
    p_transform_id in image_transform.transform_id%type,
    p_scope        in varchar2,
    p_part         in varchar2,
    p_target       in varchar2,
    p_source_id    in image_source.source_id%type
  ) return boolean is
    l_threshold image_transform.threshold%type;
    l_lacking   pls_integer;
  begin
    select threshold
      into l_threshold
      from image_transform
     where transform_id = p_transform_id;
    -- Numbers are no classes.
    if l_threshold is not null then
      return false;
    end if;
    select count(*)
      into l_lacking
      from (select distinct class
              from vw_image_class
             where target = p_target
               and class is not null
               and (p_part is null or p_target = 'PART' or part = p_part)
               and (p_source_id is null
                    or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))) s
     where not exists (select 1
                         from vw_transform_class k
                        where k.transform_id = p_transform_id
                          and k.part = p_scope
                          and k.class = s.class);
    return l_lacking > 0;
  end lacks_class;

  function neighbours_of_unknown(
    p_transform_id in image_transform.transform_id%type,
    p_embedding    in vector,
    p_batch_id     in image_batch.batch_id%type,
    p_part         in varchar2,
    p_k            in number,
    p_target       in varchar2,
    p_weighting    in varchar2,
    p_temperature  in number,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type
  ) return json is
    l_scope   constant varchar2(100 char) := img_transform.scope_of(p_transform_id, p_part);
    l_found   json;
    l_decided clob;
    l_unknown json;
  begin
    if not lacks_class(p_transform_id, l_scope, p_part, p_target, p_source_id) then
      return null;
    end if;
    l_found := img_search.nearest(p_embedding, p_batch_id, p_part, p_k, p_target, p_metric, p_source_id);
    l_decided := img_vote.decided(l_found, null, p_k, p_weighting, p_temperature);
    select json_arrayagg(
             json_object('item_id' value f.item_id, 'place' value f.place, 'image_id' value f.image_id,
                         'part' value f.part, 'class' value f.class, 'distance' value f.distance returning json)
             order by f.item_id, f.place returning json)
      into l_unknown
      from json_table(l_found, '$[*]'
             columns (
               item_id  number             path '$.item_id',
               place    number             path '$.place',
               image_id number             path '$.image_id',
               part     varchar2(100 char) path '$.part' null on error null on empty,
               class    varchar2(100 char) path '$.class',
               distance binary_double      path '$.distance'
             )) f
      join json_table(l_decided, '$[*]'
             columns (
               item_id number             path '$.item_id',
               class   varchar2(100 char) path '$.class'
             )) d
        on d.item_id = f.item_id
     where not exists (select 1
                         from vw_transform_class k
                        where k.transform_id = p_transform_id
                          and k.part = l_scope
                          and k.class = d.class);
    return l_unknown;
  end neighbours_of_unknown;

  function stored_since(p_transform_id in image_transform.transform_id%type) return number is
    l_last   image_transform.last_image_id%type;
    l_images number;
  begin
    select max(t.last_image_id), count(l.image_id)
      into l_last, l_images
      from image_transform t
      left join vw_image_class l
        on l.target = t.target
       and l.class is not null
       and (l.part is not null or t.within_part = 0)
       and l.image_id > t.last_image_id
       and (t.source_name is null
            or l.image_id in (select o.image_id from vw_image_order o where o.source_name = t.source_name))
     where t.transform_id = p_transform_id;
    return case when l_last is not null then l_images end;
  end stored_since;

  function told(
    p_transform_id  in image_transform.transform_id%type,
    p_by_neighbours in number,
    p_embedding     in vector,
    p_part          in varchar2,
    p_class         in varchar2,
    p_most          in number
  ) return json is
    l_name      image_transform.name%type;
    l_kind      image_transform.kind%type;
    l_threshold image_transform.threshold%type;
    l_stored    number;
    l_explained json;
    l_told      json;
  begin
    if p_transform_id is null then
      return null;
    end if;
    select name, kind, threshold
      into l_name, l_kind, l_threshold
      from image_transform
     where transform_id = p_transform_id;
    if l_kind = 'KERNEL' and p_by_neighbours = 0 then
      l_explained := img_search.largest_votes(
        p_transform_id, img_transform.scope_of(p_transform_id, p_part), p_embedding,
        case when l_threshold is null then p_class else co_number end, p_most
      );
    end if;
    l_stored := stored_since(p_transform_id);
    select json_object(
             'transform' value l_name, 'kind' value l_kind,
             'decided_by' value case p_by_neighbours when 1 then 'NEIGHBOURS' else l_kind end,
             'stored_since_fit' value l_stored, 'explained' value l_explained returning json)
      into l_told
      from dual;
    return l_told;
  end told;

end img_fitted;
/
