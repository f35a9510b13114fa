# 简体中文: 各表共用的词

severity-critical = 严重
severity-warning = 警告
severity-notice = 提示
severity-ok = 正常
count-stores = { $count } 家店铺
count-coupons = { $count } 张券

# 名称之间
comma = 、
separator = ；

# 工作表名称
sheet-summary = 汇总
sheet-checklist = 检查表
sheet-coupons = 优惠券
sheet-by-hand = 手动处理
sheet-coverage = 覆盖
sheet-stores = 店铺
sheet-replies = 快捷回复
sheet-help = 帮助
# 所在行；在后续优惠券表中时带表名
place-row = 第 { $row } 行
place-row-of = { $sheet } 第 { $row } 行

slot-am = 上午
slot-pm = 下午

# 标题，也是文件标题
title-export = 优惠券检查 · { $day } { $slot }
title-results = 优惠券检查结果 · { $day } { $slot }
# 页脚
footer-left = 优惠券检查 { $day } { $slot } · 导出 { $export }
footer-right = 第 { $page } 页，共 { $pages } 页

# 每个都要放得进两行窄列
finding-store-not-loaded = 未加载
finding-list-incomplete = 列表不全
finding-wrong-shop = 店铺不符
finding-store-restricted = 店铺受限
finding-store-differs = 店铺有差异
finding-token-expiring = 授权将到期
finding-gives-money-away = 亏本
finding-rejected = 审核未通过
finding-status-unknown = 状态不明
finding-expired = 已过期
finding-claim-over = 停止领取
finding-out-of-stock = 库存用完
finding-paused = 已暂停
finding-not-started = 未开始
finding-expires-today = 今天到期
finding-campaign-uncovered = 活动无券
finding-campaign-matches-nothing = 活动计划无匹配
finding-campaign-missing = 店内缺券
finding-campaign-gap = 活动断档
finding-expiring-soon = 即将到期
finding-runs-out-early = 提前用完
finding-low-stock = 库存偏低
finding-sudden-drop = 库存骤降
finding-uncapped = 未封顶
finding-threshold-high = 门槛偏高
finding-threshold-low = 门槛偏低
finding-duplicate = 重复
finding-unplanned = 计划外

# 经理填写的操作；交回时各种语言都能识别
action-accept = 采纳
action-renew = 延期
action-restock = 补库存
action-delete = 删除
action-end = 结束
action-enable = 启用
action-pause = 暂停
action-adjust = 调整
action-recreate = 重建
action-keep = 保留
# 填在新结束时间或新门槛中：不设结束时间、不设门槛
action-clear = [清除]

outcome-done = 已完成
outcome-already-done = 无需再做
outcome-by-hand = 需手动处理
outcome-failed = 失败
outcome-refused = 已拒绝
outcome-conflict = 有冲突
outcome-unknown = 结果待查
outcome-not-shown = 已接受但未显示
outcome-not-reached = 未轮到

status-scheduled = 未开始
status-active = 进行中
status-paused = 已暂停
status-in-review = 审核中
status-rejected = 审核未通过
status-ended = 已结束
status-claim-over = 停止领取
status-in-the-bin = 回收站
status-by-dates = { $status }（按日期）

suggest-nothing = 无需处理
suggest-renew = 延期至 { $end }
suggest-no-end = 取消结束时间
suggest-restock = 补库存 +{ $count }
suggest-reduce = 补库存 −{ $count }
suggest-delete = 删除
suggest-end = 结束
suggest-pause = 暂停
suggest-enable = 启用
suggest-adjust = 调整至 { $amount }
suggest-no-min-spend = 取消最低消费
suggest-recreate = 重建至 { $end }
suggest-recreate-as-no-end = 重建为 { $code }，无结束时间
suggest-recreate-as =
    重建为 { $code }
    至 { $end }
suggest-recreate-as-several = 重建为 { $codes }
suggest-recreate-several = 重建计划中的 { $count } 张
suggest-recreate-from =
    重建
    门槛 { $amount }
suggest-wait = 等待开始
suggest-open-page = 打开页面
suggest-check-store = 检查店铺
suggest-leave = 不处理：{ $words }
suggest-follow-on =
    { $advice }
    （另发后续券）
suggest-instead =
    { $advice }
    （以{ $verb ->
        [end] 结束
        [pause] 停用
        [delete] 删除
        [create] 新建
        [extend] 延期
       *[other] 其他方式
    }代替）
suggest-by-hand = 手动：{ $advice }

discount-sum = 立减 { $amount }
discount-share = 立减 { $percent }
discount-share-capped = 立减 { $percent }，最多减 { $cap }
discount-coins = 返 { $percent } 金币
discount-coins-capped = 返 { $percent } 金币，最多返 { $cap }
discount-free-shipping = 包邮
discount-free-shipping-capped = 包邮，运费最多减 { $cap }
discount-worked-out-by-an-app = 由应用计算
discount-off-each-item = 每件立减 { $amount }
minimum-items = { $count } 件
no-limit = 不限
no-end = 长期有效
no-start = 无开始时间
not-known = 未知

# 各平台的券类型
kind-shop-voucher = 店铺券
kind-product-voucher = 商品券
kind-new-buyer-voucher = 新客券
kind-repeat-buyer-voucher = 复购券
kind-private-voucher = 私享券
kind-live-voucher = 直播券
kind-video-voucher = 短视频券
kind-campaign-voucher = 平台活动券
kind-follow-prize = 关注礼券
kind-membership-voucher = 会员券
kind-game-prize = 游戏奖励券
kind-sample-voucher = 试用券
kind-code-voucher = 优惠码券
kind-follower-voucher = 粉丝券
kind-offline-voucher = 线下券
kind-share-voucher = 分享券
kind-customer-engagement-voucher = 客户运营券
kind-collectible-voucher = 可领取的券
kind-shop-coupon = 店铺券
kind-live-coupon = 直播券
kind-creator-coupon = 达人券
kind-chat-coupon = 客服券
kind-promo-code = 优惠码
kind-amount-off = 金额减免
kind-free-shipping = 包邮
kind-buy-x-get-y = 买 X 送 Y
kind-discount-of-an-app = 应用提供的折扣
kind-percentage-discount = 百分比折扣
kind-fixed-cart-discount = 整单立减
kind-fixed-product-discount = 单品立减
kind-with-many-codes = { $kind }（多个优惠码）

# 原样显示的文字：平台原文或旧记录中的文字。
as-written = { $words }
sentence = { $part }

# What ended a finding
finding-of-plan = 活动计划
ended-by-accept = { $by } 已采纳建议
ended-by-renew = { $by } 已延期
ended-by-restock = { $by } 已补库存
ended-by-delete = { $by } 已删除
ended-by-end = { $by } 已结束
ended-by-enable = { $by } 已启用
ended-by-pause = { $by } 已暂停
ended-by-adjust = { $by } 已调整门槛
ended-by-recreate = { $by } 已重建
ended-by-keep = { $by } 决定保留
ended-by-hand = 已手动处理：{ $action }
ended-turned = 转为：{ $finding }
ended-gone = 平台上已不存在
ended-outside = 在本程序之外被修改
ended-buyers = 买家使用所致
ended-expired = 到期结束
ended-started = 到时开始
ended-loads-again = 店铺恢复加载
ended-not-seen = 未知：店铺连续 { $days } 天未加载
ended-not-known = 未知：券本身没有变化

# The ledger of findings
ledger-title = 问题收支
ledger = 期初未解决 { $before } + 新增 { $new } − 消除 { $ended }（{ $how }）= 期末未解决 { $after }
ledger-none-ended = 期初未解决 { $before } + 新增 { $new } − 消除 { $ended } = 期末未解决 { $after }
ledger-us = 我方处理 { $count }
ledger-outside = 程序之外 { $count }
ledger-buyers = 买家使用 { $count }
ledger-time = 到时 { $count }
ledger-turned = 转为其他问题 { $count }
ledger-loads-again = 店铺恢复加载 { $count }
ledger-not-seen = 店铺未加载 { $count }
ledger-kept = 决定保留 { $count }
ledger-not-known = 未知 { $count }

# 存档与封存时不符，最先说明
flaws-head = 本表所依据的存档有 { $count } 处与封存时不符。被改动或添加的内容没有计入。处理办法见 `couponbook archive verify`。
flaws-more = 另有 { $count } 处
flaw-changed = { $path } 在封存之后被改动
flaw-missing = { $path } 缺失
flaw-never-sealed = { $path }：没有链上记录可以证明
flaw-link = { $path }：存档链在此处被改动或不完整
