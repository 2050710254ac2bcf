-- All tables of the product begin with image_. Views and packages over the old names are invalid until the runner has
-- applied them again, right after this.
alter table embedding_model rename to image_model;
alter table embedding_transform rename to image_transform;
alter table embedding_transform_row rename to image_transform_row;
alter table classification_run rename to image_run;
alter table classification_item rename to image_run_item;
alter table classification_neighbour rename to image_run_neighbour;
alter table classification_setting rename to image_run_setting;
alter table vector_index rename to image_vector_index;
alter table vector_accuracy rename to image_vector_accuracy;
alter table vector_accuracy_query rename to image_vector_accuracy_query;

alter table image_model rename constraint embedding_model_pk to image_model_pk;
alter table image_model rename constraint embedding_model_uk to image_model_uk;
alter table image_model rename constraint embedding_model_dimension_ck to image_model_dimension_ck;
alter table image_transform rename constraint embedding_transform_pk to image_transform_pk;
alter table image_transform rename constraint embedding_transform_uk to image_transform_uk;
alter table image_transform rename constraint embedding_transform_kind_ck to image_transform_kind_ck;
alter table image_transform rename constraint embedding_transform_owner_ck to image_transform_owner_ck;
alter table image_transform_row rename constraint embedding_transform_row_pk to image_transform_row_pk;
alter table image_transform_row rename constraint embedding_transform_row_fk to image_transform_row_fk;
alter table image_run rename constraint classification_run_pk to image_run_pk;
alter table image_run rename constraint classification_run_method_ck to image_run_method_ck;
alter table image_run rename constraint classification_run_model_fk to image_run_model_fk;
alter table image_run_item rename constraint classification_item_pk to image_run_item_pk;
alter table image_run_item rename constraint classification_item_run_fk to image_run_item_run_fk;
alter table image_run_neighbour rename constraint classification_neighbour_pk to image_run_neighbour_pk;
alter table image_run_neighbour rename constraint classification_neighbour_run_fk to image_run_neighbour_run_fk;
alter table image_run_setting rename constraint classification_setting_pk to image_run_setting_pk;
alter table image_run_setting rename constraint classification_setting_run_fk to image_run_setting_run_fk;
alter table image_vector_index rename constraint vector_index_pk to image_vector_index_pk;
alter table image_vector_index rename constraint vector_index_kind_ck to image_vector_index_kind_ck;
alter table image_vector_accuracy rename constraint vector_accuracy_pk to image_vector_accuracy_pk;
alter table image_vector_accuracy_query rename constraint vector_accuracy_query_pk to image_vector_accuracy_query_pk;
alter table image_vector_accuracy_query rename constraint vector_accuracy_query_fk to image_vector_accuracy_query_fk;

-- Oracle names the index of a key apart from the key; the embedded engine has renamed it with the key.
begin
  for r_index in (
    select index_name
      from user_indexes
     where table_name in (
             'IMAGE_MODEL', 'IMAGE_TRANSFORM', 'IMAGE_TRANSFORM_ROW', 'IMAGE_RUN', 'IMAGE_RUN_ITEM',
             'IMAGE_RUN_NEIGHBOUR', 'IMAGE_RUN_SETTING', 'IMAGE_VECTOR_INDEX', 'IMAGE_VECTOR_ACCURACY',
             'IMAGE_VECTOR_ACCURACY_QUERY'
           )
  ) loop
    case r_index.index_name
      when 'EMBEDDING_MODEL_PK' then
        execute immediate 'alter index embedding_model_pk rename to image_model_pk';
      when 'EMBEDDING_MODEL_UK' then
        execute immediate 'alter index embedding_model_uk rename to image_model_uk';
      when 'EMBEDDING_TRANSFORM_PK' then
        execute immediate 'alter index embedding_transform_pk rename to image_transform_pk';
      when 'EMBEDDING_TRANSFORM_UK' then
        execute immediate 'alter index embedding_transform_uk rename to image_transform_uk';
      when 'EMBEDDING_TRANSFORM_RUN_IX' then
        execute immediate 'alter index embedding_transform_run_ix rename to image_transform_run_ix';
      when 'EMBEDDING_TRANSFORM_ROW_PK' then
        execute immediate 'alter index embedding_transform_row_pk rename to image_transform_row_pk';
      when 'CLASSIFICATION_RUN_PK' then
        execute immediate 'alter index classification_run_pk rename to image_run_pk';
      when 'CLASSIFICATION_ITEM_PK' then
        execute immediate 'alter index classification_item_pk rename to image_run_item_pk';
      when 'CLASSIFICATION_NEIGHBOUR_PK' then
        execute immediate 'alter index classification_neighbour_pk rename to image_run_neighbour_pk';
      when 'CLASSIFICATION_SETTING_PK' then
        execute immediate 'alter index classification_setting_pk rename to image_run_setting_pk';
      when 'VECTOR_INDEX_PK' then
        execute immediate 'alter index vector_index_pk rename to image_vector_index_pk';
      when 'VECTOR_ACCURACY_PK' then
        execute immediate 'alter index vector_accuracy_pk rename to image_vector_accuracy_pk';
      when 'VECTOR_ACCURACY_QUERY_PK' then
        execute immediate 'alter index vector_accuracy_query_pk rename to image_vector_accuracy_query_pk';
      else
        null;
    end case;
  end loop;
end;
/
