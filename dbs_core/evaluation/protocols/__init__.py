"""The rules: THUMOS'14, ActivityNet, CDC, per frame, proposals, intervals."""
