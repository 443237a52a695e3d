"""The Custom Field Explorer: what a tenant's records hold, field by field.

`survey` reads and counts, `field` is what it finds, `comparison` holds it against a catalog,
`page` and `terminal` show it. `record_map` lays the first records beside the model.
"""
