# English: results
