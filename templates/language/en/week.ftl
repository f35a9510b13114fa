# English: week
