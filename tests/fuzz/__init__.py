"""Mail that nobody would write, for a minute or for hours: nothing of it may stop the service."""
