# 简体中文: 快捷回复

replies-line-am = 给客服用：点选回复，复制，粘贴。内容针对今天上午有问题的券。
replies-line-pm = 给客服用：点选回复，复制，粘贴。内容针对今天下午有问题的券。
replies-head-situation = 买家说
replies-head-store = 店铺
replies-head-coupon = 优惠券
replies-head-language = 语言
replies-head-reply = 可复制的回复
replies-head-why = 仅供内部参考：实际情况
replies-cannot-claim = 领不到券
replies-not-working = 券用不了
replies-expired = 券过期了
replies-works = 可以使用
replies-none = 没有券出问题。
replies-more = 这里是最要紧的 { $shown } 张券；另有 { $more } 张有问题的券，见“优惠券”表。
replies-language-en = 英语
replies-language-zh = 简体中文
replies-language-zh-tw = 繁体中文
replies-language-ms = 马来语
replies-language-id = 印尼语
replies-language-th = 泰语
replies-language-vi = 越南语
replies-language-fil = 菲律宾语
replies-language-pt = 葡萄牙语
replies-language-ja = 日语
replies-language-es = 西班牙语
replies-language-de = 德语
replies-language-fr = 法语
replies-language-it = 意大利语

# 团队自己的回复文件中不能使用的。
replies-folder-unreadable = 无法读取回复文件夹（{ $error }），改用内置回复；可运行 `couponbook init --replies` 生成一份模板
replies-built-in-instead = { $what }；改用内置回复
replies-another-instead = { $what }；改用其他回复
replies-file-name = 文件名没有写明情形和语言；请以 { $names } 之一开头，后接语言，如 expired.th.txt
replies-file-unreadable = 无法读取：{ $error }
replies-file-large = 超过 { $kilobytes } KB；回复只需几行
replies-file-not-utf8 = 不是 UTF-8 文本；请另存为 UTF-8
replies-no-such-field = 没有字段 `{ $name }`；请写以下之一：{ $wanted }
replies-ended-others = 已结束，{ $campaign }由其他券继续。
