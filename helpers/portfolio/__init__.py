"""All audited clients together: the ledger of their audit.json files, and the report about them."""
