"""The store: tables, queries, migrations. Rows become records here and nowhere else."""
