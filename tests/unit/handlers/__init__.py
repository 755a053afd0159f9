"""What handlers show and read, without Slack."""
