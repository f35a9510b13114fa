# English: by_hand
