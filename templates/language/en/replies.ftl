# English: replies
