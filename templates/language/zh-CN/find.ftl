# 简体中文: find
# 买家用不了的原因。
find-gone = 已不存在：店铺里查不到这张券
find-in-bin = 在店铺回收站
find-ended = 已于 { $end } 结束
find-ended-undated = 已结束
find-claim-over = 已停止领取；已领到的可用至 { $end }
find-claimed-out = { $total } 张已全部领完；已领到的仍可使用
find-claimed-and-used = { $total } 张已全部领完并用完
find-used-up = 已用完：{ $total } 张全部用掉
find-not-begun = 未开始：{ $at } 起可用
find-not-begun-undated = 未开始；何时开始未知
find-claim-not-begun = { $at } 之前不能领取
find-should-have-begun = 按日期应已于 { $at } 开始；是否在进行未知
find-paused = 店铺已暂停
find-paused-as = 店铺已暂停（{ $raw }）
find-in-review = { $platform } 审核中
find-rejected = { $platform } 审核未通过
find-status-unknown = 状态“{ $raw }”含义未知：无法判断买家能否使用
find-status-untold = 来源没有状态：买家能否使用未知

# 买家要满足的条件。
terms-min-spend = 订单满 { $amount }
terms-min-items = 满 { $count } 件
terms-minimum-unknown = 门槛未知
terms-per-buyer = 每位买家限用 { $count } 次
terms-collected = 须先领取再使用
terms-left-unknown = 剩余数量未知
terms-not-read = 部分规则没有读到：适用的买家或商品可能更少
terms-new-buyers = 仅限新买家
terms-repeat-buyers = 仅限买过的买家
terms-certain-buyers = 仅限指定买家
terms-told-the-code = 仅限拿到券码的买家
terms-followers = 仅限店铺粉丝
terms-members = 仅限店铺会员
terms-in-live = 仅限店铺直播间
terms-in-videos = 仅限店铺短视频
terms-in-chat = 仅在聊天中发放
terms-of-its-kind = 仅作为 { $kind }
terms-certain-items = 仅限指定商品
terms-items-not-asked = 适用哪些商品这次没有查询
terms-items-not-told = 适用哪些商品平台没有说明
terms-not-on-sale = 促销商品不可用
terms-not-with-others = 不可与其他券同用
terms-orders-up-to = 订单不超过 { $most }
terms-for-some-of-the-items = 仅对购物车里的部分商品有效
terms-of-extensions = 店铺的扩展可能另有限制
terms-in-its-words = 平台原文：{ $words }

# 正在做什么。
find-doing-asked = { $action }：交回的工作簿已要求，尚未执行
find-doing-asked-again = { $action }：交回的工作簿已要求；上次执行的结果：{ $outcome }
find-doing-by-hand = 手动：{ $task }（{ $owner }，{ $day } 前完成）
find-doing-in-doubt = { $at } 发出的更改没有收到答复；下次执行会查明结果
find-doing-done = { $operation }：{ $by } 于 { $at } 完成
find-doing-stopped = { $operation }：{ $by } 于 { $at } 有意操作
