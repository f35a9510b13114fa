# English: replies

replies-line-am = For customer service: click the reply, copy, paste. Written for the coupons that are in trouble this morning.
replies-line-pm = For customer service: click the reply, copy, paste. Written for the coupons that are in trouble this afternoon.
replies-head-situation = The customer says
replies-head-store = Store
replies-head-coupon = Coupon
replies-head-language = Language
replies-head-reply = Reply to copy
replies-head-why = For you: what is going on
replies-cannot-claim = Cannot claim
replies-not-working = Not working
replies-expired = Expired
replies-works = Works
replies-none = No coupon is in trouble.
replies-more = { $shown ->
    [one] The worst coupon is here; { $more } more are in trouble and stand on Coupons.
   *[other] The { $shown } worst coupons are here; { $more } more are in trouble and stand on Coupons.
}
replies-language-en = English
replies-language-zh = Chinese
replies-language-zh-tw = Chinese (trad.)
replies-language-ms = Malay
replies-language-id = Indonesian
replies-language-th = Thai
replies-language-vi = Vietnamese
replies-language-fil = Filipino
replies-language-pt = Portuguese
replies-language-ja = Japanese
replies-language-es = Spanish
replies-language-de = German
replies-language-fr = French
replies-language-it = Italian

# Files of the team's own replies that cannot be used.
replies-folder-unreadable = the folder of replies cannot be read ({ $error }); the built-in replies are used. `couponbook init --replies` writes one to begin with
replies-built-in-instead = { $what }; the built-in reply is used instead
replies-another-instead = { $what }; another reply is used instead
replies-file-name = its name does not say situation and language; write one of { $names }, then the language, as in expired.th.txt
replies-file-unreadable = cannot be read: { $error }
replies-file-large = is larger than { $kilobytes } KB; a reply is a few lines
replies-file-not-utf8 = is not UTF-8 text; save it as UTF-8
replies-no-such-field = there is no field `{ $name }`; write one of { $wanted }
replies-ended-others = Ended; { $campaign } goes on with other coupons.
