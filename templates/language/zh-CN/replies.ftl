# 简体中文: 快捷回复

replies-line-morning = 给客服用：点选回复，复制，粘贴。内容针对今天上午有问题的券。
replies-line-afternoon = 给客服用：点选回复，复制，粘贴。内容针对今天下午有问题的券。
replies-head-situation = 顾客说
replies-head-store = 店铺
replies-head-coupon = 优惠券
replies-head-language = 语言
replies-head-reply = 可复制的回复
replies-head-why = 仅供内部参考：实际情况
replies-cannot-claim = 领不到券
replies-not-working = 券用不了
replies-expired = 券过期了
replies-none = 没有券出问题。
replies-more = 这里是最要紧的 { $shown } 张券；另有 { $more } 张有问题的券，见“优惠券”表。
replies-english = 英语
replies-chinese = 简体中文
replies-chinese-traditional = 繁体中文
replies-malay = 马来语
replies-indonesian = 印尼语
replies-thai = 泰语
replies-vietnamese = 越南语
replies-filipino = 菲律宾语
