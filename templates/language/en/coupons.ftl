# English: coupons
