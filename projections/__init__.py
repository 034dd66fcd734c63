"""The read models: ClickHouse tables and views as .sql files, and what applies and queries them."""
