# What became of a message, and what to do. A channel never names its address.

channel-name-feishu = Feishu
channel-name-dingtalk = DingTalk
channel-name-wecom = WeCom
channel-name-slack = Slack
channel-name-teams = Microsoft Teams
channel-name-telegram = Telegram
channel-name-webhook = the webhook
channel-name-email = the mail server { $host }

channel-more = … and { $count } more

channel-refused = { $place } refused the message ({ $words })
channel-not-now = { $place } takes no message at the moment ({ $words })
channel-not-reached = { $place } could not be reached ({ $cause }); check the network, the address and the proxy
channel-no-answer = { $place } did not answer within { $seconds } s, so that it is not known whether it has the message
channel-broke-off = the connection to { $place } broke off before its answer was there ({ $cause }), so that it is not known whether it has the message
channel-gateway = something before { $place } gave up waiting ({ $words }), so that it is not known whether it has the message
channel-strange = { $place } gave an answer that is not its own ({ $words }), so that it is not known whether it has the message; check the address, and what stands between
channel-redirected = { $place } sends the message on to another address, where nothing was sent ({ $words })
channel-web-page = a web page, status { $status }

# A file that went along
channel-without-file = the message is there, the file is not: { $why }
channel-file-refused = { $why }; { $repair }
channel-file-unreadable = { $name } cannot be read ({ $cause })
channel-file-empty = { $name } is empty

# What to do
channel-repair-settings = correct the channel in the config
channel-repair-redirected = write the address that the service itself shows for the robot or webhook
channel-repair-address = compare the address in the config with the one that the service shows, and look the status up in docs/messages.md
channel-repair-look-up = look the code up in docs/messages.md, at this channel
channel-repair-new-address = the address is no longer one: the robot or webhook was removed, or its address was copied in part; copy it anew from the group's settings, or make a new robot
channel-repair-sign-or-clock = compare the signing secret in the config with the robot's, and see that this machine's clock is right: an hour apart is refused
channel-repair-address-list = this machine's address is not in the robot's list of addresses: add it there, or choose a signing secret instead
channel-repair-keyword = the robot takes only messages with its keyword: write one of its keywords as prefix of the channel
channel-repair-security = the robot's security setting refused it: compare its keywords, its signing secret and its list of addresses with the config, and this machine's clock
channel-repair-too-long = the message was longer than the service takes, although it was shortened: report it to us with the code
channel-repair-ours = the service did not understand the message: report it to us with the code
channel-repair-robot = the robot was stopped, or is no longer in its group: start it again in the group's settings, or make a new one
channel-repair-moderated = the service found a word, link or picture in it that it does not let through: look at the names of coupons and stores in the message
channel-repair-slack-channel = the channel is archived or gone: choose another one at the webhook's app, and copy the new address
channel-repair-slack-prohibited = the workspace does not let webhooks write there: ask its administrator
channel-repair-teams-request = see in Power Automate that the flow is turned on and begins with "When a Teams webhook request is received"
channel-repair-teams-anyone = set "Who can trigger the flow" to Anyone, and copy the address anew: it is refused where a part is missing
channel-repair-teams-flow = the flow is gone or turned off: it ends with the account of whoever made it; turn it on or make a new one, and copy its address
channel-repair-telegram-token = the token is not the bot's (any more): ask @BotFather for it
channel-repair-telegram-chat = the bot knows no such chat: add it to the group, write something there, and compare chat in the config
channel-repair-telegram-blocked = the bot was removed or blocked: add it to the chat again
channel-repair-telegram-rights = the bot may not write there: give it the right in the chat's settings
channel-telegram-migrated = the Telegram group became a supergroup, and has another id since
channel-repair-telegram-migrated = write chat = "{ $chat }" in the config
channel-repair-webhook-gone = the receiver says that this address is given up: remove the channel from the config
channel-repair-webhook-secret = the receiver does not accept the signature: compare the secret with the receiver's, and both clocks
channel-repair-mail-login = compare login and password with the mail account's; many providers want a code or password of their own for programs, and the login as sender
channel-repair-mail-size = the server takes no mail of this size: have its limit raised, or send to a channel without files
channel-repair-mail-people = the server does not take mail from this sender or to these people: compare from and to in the config
channel-repair-mail-encryption = choose encryption "tls" with the port for it (mostly 465), or ask the provider

# Mail
channel-mail-no-login = { $place } offers no login of the kinds that are known (PLAIN, LOGIN); nothing was sent, no password either
channel-mail-slow = { $place } did not answer within { $seconds } s, before it had the mail
channel-mail-no-starttls = { $place } offers no STARTTLS; nothing was sent, no password either
channel-mail-letters = { $place } takes no addresses in letters beyond ASCII
channel-mail-not-made = the mail could not be put together ({ $cause })
channel-mail-proxy = mail goes through no proxy; remove the proxy of this channel

# What can never work, found in the settings
channel-wrong-address = the address is none; write it whole, beginning with https://
channel-plain-http = the address begins with http://, and anyone on the way could read it and write to the channel; write https://
channel-wecom-key-alone = this is the key of a robot only; write its whole address, https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…
channel-wecom-address-as-key = a whole address stands in the place of the key; write the address once, as the group's settings show it
channel-wecom-no-key = the address has no key; write it whole, https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…
channel-teams-connector = this is the address of an Office 365 connector, which Microsoft has turned off; make a flow "Post to a channel when a webhook request is received" in Teams' Workflows, and write its address
channel-teams-old-flow = this is an old address of a flow, which Microsoft turned off on 30 November 2025; open the flow in Power Automate, and copy its new address
channel-wrong-telegram-token = the token is none; write it as @BotFather shows it, digits, a colon and letters
channel-wrong-telegram-chat = the chat is none; write its number, for groups with a minus before it, or the @name of a public channel
channel-wrong-webhook-secret = a secret of the webhook is none; write whsec_ and base64, as the receiver shows it
channel-mail-host = the mail server's host is none; write its name alone, such as smtp.example.com
channel-mail-nobody = nobody is named to whom the mail goes; write to = ["team@example.com"]
channel-mail-address = { $address } is no mail address; write team@example.com, or Name <team@example.com>
channel-mail-password-in-the-clear = without encryption anyone on the way could read the password; write encryption "starttls" or "tls"
