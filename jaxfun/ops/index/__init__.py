"""torch's indexing, gathering, scattering, masks, searches and sorts: reading and writing chosen elements."""
