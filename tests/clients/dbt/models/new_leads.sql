{{ config(
    materialized='incremental', unique_key='contact_id', order_by='(date, contact_id)',
    incremental_strategy='delete_insert', persist_docs={'relation': true, 'columns': true}
) }}
SELECT contact_id, date, origin, first_source_platform AS platform
FROM {{ source('jejak', 'leads') }}
WHERE workspace_id = '{{ var("workspace") }}' AND date < toDateTime64('{{ var("until") }}', 3, 'UTC')
{% if is_incremental() %}
AND date >= (SELECT max(date) - INTERVAL 1 DAY FROM {{ this }})
{% endif %}
