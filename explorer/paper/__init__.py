"""The Paper page: the paper's figures from a run, its tables beside a run's."""
