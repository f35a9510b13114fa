# English: what the platforms' calls say

# What came of a call
call-place = { $platform } (store { $store })
call-of-place = { $place }: { $what }
call-in-full = { $sentence } ({ $words })
call-with-advice = { $what }: { $advice }
call-tried = { $what }; tried { $attempts } times
call-come-back = { $what }; it asks to come back in { $seconds } s
call-refused = { $place } refused { $call }
call-throttled = { $place } asks for fewer calls and did not carry out { $call }
call-trouble = { $place } has trouble of its own with { $call } (status { $status })
call-not-reached = { $place } could not be reached at { $host } ({ $cause }); check the address, the network and the proxy
call-not-finished = { $place } did not finish its answer to { $call } within { $seconds } s
call-broke-off = the connection to { $place } broke off during { $call } ({ $cause })
call-redirected = { $host } sends { $call } on to { $target }; write that address into the config
call-elsewhere = elsewhere
call-blocked = something before { $place } blocked { $call } with a web page (status { $status }): a firewall, a security plugin or a password on the site
call-not-waited = { $place } did not wait for { $call } (status { $status })
call-web-page = { $host } answered { $call } with a web page (status { $status }) instead of data; check the address
call-not-data = { $place } answered { $call } with status { $status } and something that is not data
call-too-much = { $place } answered { $call } with more than can be read
call-impossible = nothing was sent to { $place }: { $reason }
call-unreadable = { $place }: { $what } cannot be read: { $reason }
call-unreadable-answer = { $place } sent { $what } that cannot be read: { $error }
call-unreadable-list = { $place } sent a list that cannot be read
call-no-list = { $place } sent something that is not a list of coupons
call-endless-list = { $place } goes on listing coupons without end
call-list-too-long = { $place } goes on listing beyond { $pages } pages
call-list-beyond-own = { $place } goes on listing beyond its own { $pages } pages
call-list-without-place = { $place } goes on listing without saying from where
call-without-data = { $place } answered { $call } without data
call-without-coupon = { $place } answered for coupon { $coupon } without one
call-untold = { $place } accepted { $call } but did not report the result
call-no-id = { $place } accepted the new { $what } but returned no id
call-changed-another = { $place } answered the change of coupon { $coupon } with another one
call-removed-another = { $place } answered the removal of coupon { $coupon } with another one
call-gone = { $place } has no { $what }
call-products-refused = { $place } did not accept { $refused } of the { $all } products: { $told }; the voucher is there without them
call-not-connected = not connected
call-store-gone = { $store } is no longer in the config

# What a call was about, within a sentence
thing-voucher = voucher { $id }
thing-coupon = coupon { $id }
thing-discount = discount { $id }
thing-voucher-of-code = a voucher with the code { $code }
thing-coupon-of-code = a coupon with the code { $code }
thing-discount-of-code = the discount with the code { $code }
thing-a-voucher = a voucher
thing-new-voucher = voucher
thing-new-coupon = coupon
thing-a-list = a list
thing-shops = shops
thing-an-answer-to-shops = an answer to shops

# Why a coupon cannot be read
listing-unreadable = { $id }: { $reason }
listing-without-id = a coupon without id
listing-some-unreadable = { $count } of its coupons could not be read
odd-missing = it has no { $field }
odd-value = its { $field } is { $value }
odd-holds = its { $field } holds { $value }
odd-kind = its kind { $kind } is not known
odd-period = a period from { $starts } to { $ends } ends before it starts
odd-local-end = its end { $end } comes without the UTC one
odd-products = its products cannot be read: { $why }
odd-cipher = the shop has no cipher
odd-amount-missing = an amount is missing
odd-amount-without-number = an amount of it has no number
odd-amount-without-currency = an amount of it has no currency
odd-discount-without-type = its discount has no type

# The day's calls of an app
quota-does-not-last = the app's calls for today do not last ({ $used } of { $limit } are made) and reset at { $at }; export again then
quota-used-up = the app's calls for today are used up, says the platform (after { $used } of ours) and reset at { $at }; export again then

# Signing in
sign-in-again = run `couponbook auth login { $store }`
sign-in-missing = { $place } is not signed in; { $again }
sign-in-no-tokens = { $place } accepted the sign-in but returned no tokens; try again
sign-in-other-seller = { $place }: the sign-in is for seller { $theirs }, and the config says { $ours }; correct seller_id or the tokens
sign-in-other-shop = { $place }: the sign-in is for shop { $theirs }, and the config says { $ours }; sign in with that shop's account, or correct shop_id
sign-in-other-shopify = { $place }: the sign-in is for { $theirs }, and the config says { $ours }; sign in to that shop
sign-in-not-genuine = { $place }: the address was not made by Shopify for this app; check client_secret and paste it whole
sign-in-no-right = { $place }: the shop gave the app no right to discounts; add read_discounts and write_discounts to it
sign-in-not-seller = { $place }: the sign-in is for a creator or a partner and not for a seller; { $again } as the seller
sign-in-not-covered = { $place }: the authorization does not cover the shop { $shop } but { $covered }; correct shop_id, or authorize the app for that shop
sign-in-no-shop = no shop at all
sign-in-other-cipher = { $place }: shop_cipher is not that of shop { $shop }; take it out of the config
sign-in-fixed = store { $store } works with the access_token of the config, which is not renewed; to sign in by consent, take it out of the config
sign-in-fixed-shopify = store { $store } works with the access_token of the config, which is not renewed; to sign in by consent, take it out of the config and put client_id and client_secret in its place
sign-in-no-redirect = store { $store }: where { $platform } shall send the browser back to is not known; give --redirect with the address that is registered for the app, or --listen with a port
sign-in-no-consent-link = store { $store }: the app's authorization link is not known; copy it from the Partner Center (App & Service, your app, authorization link) into the config: consent_link = "https://services.tiktokshop.com/open/authorize?service_id=…"
sign-in-keys-of-shop = store { $store } is on WooCommerce, whose keys are made in the shop: WooCommerce > Settings > Advanced > REST API > Add key, with read and write; name them in the config as consumer_key and consumer_secret
tokens-folder = the tokens of store { $store } cannot be kept in { $path } ({ $cause }); make that folder writable
tokens-unreadable = { $path } does not hold the tokens of store { $store } ({ $cause }); move it away and run `couponbook auth login { $store }`
tokens-busy = another couponbook has been signing in to store { $store } for two minutes; end it and try again
tokens-of-store = store { $store }: { $what }

# Why a store cannot be connected
connect-plain-http = store { $store }: { $address } would be contacted without TLS, and anyone on the network path could read its keys; write https://, or allow_http = true if you accept that
connect-address = store { $store }: the address { $address } cannot be used: { $wanted }
connect-proxy = the proxy is not one that can be used; write http://, https://, socks5:// or socks5h:// and a host
connect-shop = store { $store }: the shop id { $found } is not one of { $platform }'s: { $wanted }
connect-key-missing = store { $store }: { $key } is missing; add it to the config
connect-key-no-number = store { $store }: { $key } is not a number
connect-client = the network cannot be set up: { $error }; is this system's list of trusted certificates in order?
connect-random = this system gives no random numbers ({ $error }); requests cannot be signed
connect-unknown = the program knows no platform { $platform }
wanted-https = write https:// and a host
wanted-no-password = leave the user and password out of it
wanted-no-query = leave out everything from `?` or `#` on
wanted-shopee-digits = write the digits that Shopee shows as shop_id
wanted-tiktok-digits = write the digits that TikTok Shop shows as the shop's id
wanted-shopify-name = write the shop's permanent name, such as some-shop.myshopify.com

# What a check of a store found
check-currency = the shop's currency is { $theirs }, the config says { $ours }
check-both = { $one }, and { $other }
check-wrong-shop = { $store }: { $difference }; correct the config, or use the keys of that shop
check-zone = the shop's time zone is { $theirs }, the config says { $ours }
check-clock-behind = this machine's clock is { $seconds } seconds behind the shop's; set it right
check-clock-ahead = this machine's clock is { $seconds } seconds ahead of the shop's; set it right
check-sign-in-ends = the sign-in ends at { $at } in the store's zone; authorize the shop again before then
check-restricted = the platform restricts this shop: { $restriction }
check-may-not-write = the sign-in may not change coupons; grant it that right, or write access = "read-only"
check-ease-mode = marketplace ease mode: no promotion calls are allowed
check-no-answer = no answer within { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }; try again, or allow more with --within

# What cannot be sent
impossible-total-raised = its total is { $total } and can only be raised
impossible-untold = Lazada does not report its { $field }, and an update has to repeat it
impossible-lazada-no-end = a Lazada voucher needs an end
impossible-lazada-no-total = a Lazada voucher needs a total
impossible-lazada-no-limit = a Lazada voucher needs a limit per customer
impossible-lazada-no-voucher = no voucher is named to add products to
impossible-lazada-end = Lazada has no end; a voucher can be paused
impossible-lazada-delete = Lazada's API cannot delete
impossible-lazada-bin = Lazada has no bin
impossible-lazada-write-share = the API cannot write a share voucher; change it in Seller Center
impossible-lazada-code = the API cannot make a voucher with a code; make it in Seller Center
impossible-lazada-products-apart = its products are added by a call of their own; plan again
impossible-lazada-make-share = the API cannot make a share voucher; make it in Seller Center
impossible-lazada-percent = Lazada takes whole percents only
impossible-lazada-discount = its discount is of a kind that the API cannot make; make it in Seller Center
impossible-lazada-untold = Lazada does not report its name, where it shows or what it applies to; make the copy in Seller Center
impossible-lazada-minimum = Lazada knows no minimum but a sum of money
impossible-shopee-id = its id is not one of Shopee's
impossible-shopee-no-end = a Shopee voucher needs an end
impossible-shopee-no-total = a Shopee voucher needs a total
impossible-shopee-pause = Shopee has no pause
impossible-shopee-enable = Shopee has no way to start a voucher again
impossible-shopee-bin = Shopee has no bin
impossible-shopee-products = a Shopee voucher is made with its products
impossible-shopee-code = its code must be four letters of the shop's name and 1 to 5 letters or digits
impossible-shopee-buyers = it is for certain buyers only, and the API cannot set that; make it in the seller centre
impossible-shopee-discount = its discount is of a kind that the API cannot make; make it in the seller centre
impossible-shopee-minimum = Shopee knows no minimum but a sum of money
impossible-shopify-minimum-x-y = a buy-X-get-Y discount has no min spend of its own
impossible-shopify-app = an app made this discount; change it in that app
impossible-shopify-dates = it has ended, and its earlier dates are not known; give it a later end
impossible-shopify-id = its id is not one of Shopify's discount codes
impossible-shopify-bin = Shopify has no bin
impossible-shopify-products = a discount is made with its products
impossible-shopify-per-buyer = Shopify limits a buyer to one use or not at all
impossible-shopify-cap = Shopify knows no cap on a percentage
impossible-shopify-discount = its discount is of a kind that is not copied through the API; duplicate it in the admin
impossible-shopify-items = it is for certain products or collections; duplicate it in the admin
impossible-shopify-context = it is for certain customers; duplicate it in the admin
impossible-shopify-codes = it has many codes; duplicate it in the admin
impossible-shopify-rules = it has rules that are not copied through the API; duplicate it in the admin
impossible-shopify-minimum = Shopify's API has no documented way to remove a minimum; remove it in the admin
impossible-tiktok = TikTok Shop's coupon API is read-only; make this change in Seller Center
impossible-woo-id = its id is not one of WooCommerce's
impossible-woo-zero = a limit of 0 means no limit there; end it instead
impossible-woo-products = a coupon is made with its products
impossible-woo-code = its code is not one that WooCommerce keeps as it is
impossible-woo-cap = WooCommerce knows no cap on a percentage
impossible-woo-discount = its discount is of a kind that cannot be made here; make it in the shop's back office
impossible-woo-minimum = WooCommerce knows no minimum but a sum of money
impossible-woo-too-old = { $place }: this shop's WooCommerce is too old to set a coupon to { $wanted }; update it, or end or extend the coupon instead

# What a platform's refusal means and what to do; the platform's own words stand beside it
advice-ip = this computer's address is not on the app's list; add it there
advice-ip-tiktok = this computer's address is not on the app's list; add it in the Partner Center
advice-clock = this computer's clock is wrong; set it and try again
advice-signature = the signature is wrong; check app key and app secret
advice-no-voucher = there is no such voucher in this shop
advice-lazada-campaign = Lazada has switched this off for the time of a campaign; try again after it
advice-lazada-ended = the sign-in has expired; authorize the seller again: { $again }
advice-lazada-code = the code was used already or has run out; { $again } for a new one
advice-lazada-auth-type = an app of this kind cannot renew its sign-in; give the store its access_token in place of a refresh_token, or { $again }
advice-lazada-app-key = Lazada does not know the app key; copy it from the app's console
advice-lazada-ease-mode = Lazada blocks promotion calls for sellers in marketplace ease mode; use Seller Center
advice-lazada-not-allowed = the seller has not allowed the app to do this; authorize the seller again: { $again }
advice-mistake = this is a mistake in the program; please report it
advice-shopee-used-up = the app's calls for today are used up; they reset at 00:00 UTC+8
advice-shopee-signature = the signature is wrong; check partner id, partner key and host (live or sandbox)
advice-shopee-no-right = the app lacks the right for this call; ask for it in Shopee's developer console
advice-shopee-ended = the sign-in has expired; authorize the shop again: { $again }
advice-shopee-not-linked = the shop is not linked to the app any more; authorize it again: { $again }
advice-shopee-code = the code was used already, has run out or is for another shop; { $again } for a new one
advice-shopee-partner-key = the app's partner key has ended; make a new one in the console
advice-shopee-banned = the shop is banned; see the seller centre
advice-shopee-restricted = Shopee restricts the app or the shop; see its developer console
advice-shopee-code-taken = the shop has used this code already; choose another
advice-shopee-code-letters = a code is 1 to 5 letters or digits
advice-shopee-coins = this shop cannot give coins back
advice-shopee-over-limit = the shop has 1000 scheduled and running vouchers, the maximum; end some first
advice-shopee-min-price = the min spend must be higher than the discount
advice-shopee-start = the start has passed
advice-shopee-hour = a voucher must run for an hour or more
advice-shopee-months = a voucher can run for 3 months at most
advice-shopee-end-earlier = an end can only be moved earlier; recreate the voucher instead
advice-shopee-total = a total can only be raised
advice-shopee-running = this cannot be changed while the voucher runs; recreate it instead
advice-shopee-tools = Shopee or one of its tools made this voucher; change it there
advice-shopee-delete = only a voucher that has not started can be deleted; end a running one
advice-shopee-end = only a running voucher can be ended; delete one that has not started
advice-shopee-ended-voucher = the voucher has ended already
advice-shopify-oauth = the sign-in has expired or the app's id and secret are wrong; authorize the shop again: { $again }
advice-shopify-token = the access token is wrong, has ended or was revoked; { $again }, or put a new token into the config
advice-shopify-frozen = the shop is frozen; its owner has to settle the bill with Shopify
advice-shopify-denied = access is denied or the shop is closed; see its admin
advice-shopify-no-shop = there is no such shop; check its name, which ends in myshopify.com
advice-shopify-locked = the shop is locked; its owner has to talk to Shopify's support
advice-shopify-attack = Shopify takes these calls for an attack; wait, and make fewer at once
advice-shopify-no-right = the token lacks a right; the app needs read_discounts and write_discounts
advice-shopify-inactive = the shop is not active; see its admin
advice-shopify-no-discount = there is no such discount in this shop
advice-shopify-code-taken = the shop has this code already; choose another
advice-shopify-code-letters = a code has 1 to 255 letters on one line
advice-shopify-name-letters = a name has 1 to 255 letters
advice-shopify-end = the end must come after the start
advice-shopify-total = a total is between 1 and 2,147,483,647, or without limit
advice-shopify-share = a share is between 0 and 100 %
advice-shopify-app-discounts = the shop has as many discounts of apps as it may have
advice-tiktok-too-old = TikTok Shop has changed this call; a newer couponbook may know it
advice-tiktok-ended = the sign-in has expired; authorize the app again with the seller's main account: { $again }
advice-tiktok-code = the code was used already or the sign-in has expired; authorize the app again: { $again }
advice-tiktok-other-shop = the sign-in does not belong to this shop; { $again } with the seller's account, and take shop_cipher out of the config
advice-tiktok-no-right = the app lacks a right; give it seller.promotion.info and seller.authorization.info in the Partner Center, then authorize it again: { $again }
advice-tiktok-app-key = TikTok Shop does not know the app key; copy it from the Partner Center
advice-tiktok-shop-id = check shop_id, and take shop_cipher out of the config
advice-tiktok-refresh = the sign-in has expired, or app key or app secret are wrong; authorize the app again: { $again }
advice-woo-no-coupon = there is no such coupon in this shop
advice-woo-code-taken = the shop has a live coupon with this code
advice-woo-in-bin = the coupon is in the shop's bin already
advice-woo-no-bin = this shop has no bin; delete for good instead (delete_permanently in the config)
advice-woo-amount = the amount does not fit
advice-woo-keys = check the consumer key and secret, the key's permission (read and write), and this computer's clock
advice-woo-not-recognised = the key was not recognised; check it, and if it is right, whether the host drops the Authorization header (keys_in_query helps) or ends TLS before WordPress
advice-woo-user = the key's user may not do this; give the key to a shop manager
advice-woo-no-route = no WooCommerce answers there; check the address, that WooCommerce is on, and that permalinks are not plain
