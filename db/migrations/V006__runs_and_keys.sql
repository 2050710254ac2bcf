-- Numbers of runs in the order in which they were given, also where several instances of a cluster give them.
alter table image_load_run modify (run_id generated always as identity (order));
alter table classification_run modify (run_id generated always as identity (order));

-- When a label file was met last. Whether it is gone from disk is a question of time and not of a number:
-- loads of one source may run side by side.
alter table image_load add (met_at timestamp with time zone default systimestamp not null);

comment on column image_load.met_at is 'When run_id, the last run that met the label file, met it';

-- V004 was released three times, and not all databases have its indexes as they are now. Those of one that
-- has no image_load_stored_uk may hold an image under two labels: the one that was stored first keeps it.
drop index if exists image_load_stored_uk;

begin
  for r_second in (
    select l.load_id, l.image_id, f.label_path
      from image_load l
      join image_load f on f.source_id = l.source_id and f.image_path = l.image_path and f.state = 'STORED'
     where l.state = 'STORED'
       and f.image_id = (select min(m.image_id)
                           from image_load m
                          where m.source_id = l.source_id
                            and m.image_path = l.image_path
                            and m.state = 'STORED')
       and f.image_id <> l.image_id
     order by l.load_id
  ) loop
    -- The reference goes first: the row of the label would go with its image.
    update image_load
       set state      = 'FAILED',
           reason     = substr('another label, ' || r_second.label_path || ', has this image already', 1, 1000),
           image_id   = null,
           metadata   = null,
           changed_at = systimestamp
     where load_id = r_second.load_id;
    delete from image_demo1 where image_id = r_second.image_id;
  end loop;
end;
/

-- One label for an image, even where two sessions store it at the same moment. Rows in another state, and
-- those without a path, have no key at all: a key of which a part is null would be compared.
create unique index image_load_stored_uk on image_load (
  case when state = 'STORED' and image_path is not null then source_id end,
  case when state = 'STORED' then image_path end
);

-- In the order in which they are claimed.
drop index if exists image_load_state_ix;
create index image_load_state_ix on image_load (source_id, state, load_id);
