# English: coverage
