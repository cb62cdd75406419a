"""The paper's tables: their record, what the paper prints, and files of them."""
