# 消息的发送结果与处理办法。任何一句都不说出渠道的地址。

channel-name-feishu = 飞书
channel-name-dingtalk = 钉钉
channel-name-wecom = 企业微信
channel-name-slack = Slack
channel-name-teams = Microsoft Teams
channel-name-telegram = Telegram
channel-name-webhook = Webhook
channel-name-email = 邮件服务器 { $host }

channel-more = …… 另有 { $count } 条

channel-refused = { $place }拒绝了这条消息（{ $words }）
channel-not-now = { $place }暂时不接收消息（{ $words }）
channel-not-reached = 无法连接{ $place }（{ $cause }）；请检查网络、地址和代理
channel-no-answer = { $place }在 { $seconds } 秒内没有答复，不知道它是否已收到消息
channel-broke-off = { $place }答复之前连接中断（{ $cause }），不知道它是否已收到消息
channel-gateway = { $place }前面的网关等待超时（{ $words }），不知道它是否已收到消息
channel-strange = { $place }的答复不是它自己的格式（{ $words }），不知道它是否已收到消息；请检查地址以及中间的网络设备
channel-redirected = { $place }把消息转到了另一个地址，没有向那里发送任何内容（{ $words }）
channel-web-page = 网页，状态码 { $status }

# 随消息发送的文件
channel-without-file = 消息已送达，文件没有：{ $why }
channel-file-refused = { $why }；{ $repair }
channel-file-unreadable = 无法读取 { $name }（{ $cause }）
channel-file-empty = { $name } 是空文件

# 处理办法
channel-repair-settings = 请在配置中更正这个渠道
channel-repair-redirected = 请填写服务本身为机器人或 Webhook 显示的地址
channel-repair-address = 请把配置中的地址与服务显示的地址对照，并在 docs/messages.md 中查找该状态码
channel-repair-look-up = 请在 docs/messages.md 中该渠道一节查找此代码
channel-repair-new-address = 该地址已失效：机器人或 Webhook 已被移除，或地址没有复制完整；请在群设置中重新复制，或新建一个机器人
channel-repair-sign-or-clock = 请对照配置中的签名密钥与机器人的密钥，并确认本机时钟正确：相差一小时即被拒绝
channel-repair-address-list = 本机的 IP 不在机器人的白名单中：请在那里添加，或改用签名密钥
channel-repair-keyword = 机器人只接收包含关键词的消息：请把其中一个关键词写为该渠道的 prefix
channel-repair-security = 被机器人的安全设置拒绝：请对照关键词、签名密钥、IP 白名单与配置，并检查本机时钟
channel-repair-too-long = 消息虽已缩短，仍超过服务的上限：请把代码报告给我们
channel-repair-ours = 服务没有看懂这条消息：请把代码报告给我们
channel-repair-robot = 机器人已停用，或已不在群中：请在群设置中重新启用，或新建一个
channel-repair-moderated = 服务发现其中有不予放行的文字、链接或图片：请查看消息中优惠券和店铺的名称
channel-repair-slack-channel = 频道已归档或不存在：请在该 Webhook 的应用中另选频道，并复制新地址
channel-repair-slack-prohibited = 工作区不允许 Webhook 写入该频道：请联系管理员
channel-repair-teams-request = 请在 Power Automate 中确认流已启用，且以“收到 Teams Webhook 请求时”开始
channel-repair-teams-anyone = 请把“谁可以触发该流”设为“任何人”，并重新复制地址：缺少任何一部分都会被拒绝
channel-repair-teams-flow = 流已不存在或已停用：它随创建者的账号失效；请启用或新建，并复制其地址
channel-repair-telegram-token = 令牌不是（或不再是）该机器人的：请向 @BotFather 索取
channel-repair-telegram-chat = 机器人不认识这个聊天：请把它加入群，在群里发一条消息，再对照配置中的 chat
channel-repair-telegram-blocked = 机器人已被移出或拉黑：请重新把它加入聊天
channel-repair-telegram-rights = 机器人在那里没有发言权限：请在聊天设置中授权
channel-telegram-migrated = 该 Telegram 群已升级为超级群，ID 随之改变
channel-repair-telegram-migrated = 请在配置中写 chat = "{ $chat }"
channel-repair-webhook-gone = 接收方表示该地址已停用：请从配置中删除这个渠道
channel-repair-webhook-secret = 接收方不接受签名：请对照双方的密钥和时钟
channel-repair-mail-login = 请对照登录名和密码与邮箱账号；许多服务商要求程序使用专门的授权码，并要求发件人与登录名一致
channel-repair-mail-size = 服务器不接收这么大的邮件：请提高其上限，或改用不带文件的渠道
channel-repair-mail-people = 服务器不接收该发件人的邮件，或不投递给这些收件人：请对照配置中的 from 和 to
channel-repair-mail-encryption = 请选择加密方式 "tls" 及其端口（多为 465），或询问服务商

# 邮件
channel-mail-no-login = { $place }不提供可用的登录方式（PLAIN、LOGIN）；没有发送任何内容，也没有发送密码
channel-mail-slow = { $place }在 { $seconds } 秒内没有答复，此时它还没有收到邮件
channel-mail-no-starttls = { $place }不提供 STARTTLS；没有发送任何内容，也没有发送密码
channel-mail-letters = { $place }不接受含 ASCII 以外字符的地址
channel-mail-not-made = 无法生成邮件（{ $cause }）
channel-mail-proxy = 邮件不经过代理；请删除该渠道的 proxy

# 从设置中就能看出永远不会成功的
channel-wrong-address = 这不是一个地址；请完整填写，以 https:// 开头
channel-plain-http = 地址以 http:// 开头，途中任何人都能读到它并向该渠道发消息；请写 https://
channel-wecom-key-alone = 这只是机器人的 key；请填写完整地址 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…
channel-wecom-address-as-key = key 的位置上写了完整地址；请只填一次地址，与群设置中显示的一致
channel-wecom-no-key = 地址中没有 key；请完整填写 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…
channel-teams-connector = 这是 Office 365 连接器的地址，微软已停用；请在 Teams 的“工作流”中新建“收到 Webhook 请求时发布到频道”，并填写其地址
channel-teams-old-flow = 这是流的旧地址，微软已于 2025 年 11 月 30 日停用；请在 Power Automate 中打开该流并复制新地址
channel-wrong-telegram-token = 令牌格式不对；请按 @BotFather 显示的填写：数字、冒号和字母
channel-wrong-telegram-chat = chat 格式不对；请填写数字（群以减号开头），或公开频道的 @名称
channel-wrong-webhook-secret = Webhook 的密钥格式不对；请按接收方显示的填写：whsec_ 加 base64
channel-mail-host = 邮件服务器主机名不对；请只写主机名，如 smtp.example.com
channel-mail-nobody = 没有写收件人；请写 to = ["team@example.com"]
channel-mail-address = { $address } 不是邮件地址；请写 team@example.com 或 姓名 <team@example.com>
channel-mail-password-in-the-clear = 未加密时途中任何人都能读到密码；请把加密方式写为 "starttls" 或 "tls"
