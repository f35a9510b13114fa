# English: summary
