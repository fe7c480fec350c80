"""Host profile: what a machine should be like, line by line; what has to be done to get there; what an audit finds."""
