# English: stores
