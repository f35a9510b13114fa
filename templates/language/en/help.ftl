# English: help
