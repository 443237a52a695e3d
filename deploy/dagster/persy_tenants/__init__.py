"""Many tenants of Persy on Dagster: declarations only, the work is Meltano's."""
