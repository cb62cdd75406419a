"""Results of other methods: a file of spans, shown beside the truth."""
