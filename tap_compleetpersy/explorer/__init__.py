"""The Custom Field Explorer: what a tenant's records hold, field by field.

`survey` reads and counts, `catalog` compares with a catalog and selects for another, `page` shows
all as one document. `record_map` lays the first records beside the model.
"""
