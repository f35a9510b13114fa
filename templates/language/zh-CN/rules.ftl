# 简体中文: rules
# 券的“原因”: 先说起因, 再说后果, 最多 40 个汉字宽。

rules-starts-alone = 尚未开始，{ $campaign }没有可用的券。
rules-starts-late = { $at } 才开始，{ $campaign }于 { $day } 已开始。
rules-starts-late-undated = 尚未开始，{ $campaign }于 { $day } 已开始。

rules-paused = 已暂停，买家无法使用。
rules-paused-as = 已暂停（{ $raw }），买家无法使用。
rules-paused-needed = 已暂停；{ $campaign }持续至 { $day }。
rules-paused-as-needed = 已暂停（{ $raw }）；{ $campaign }持续至 { $day }。
rules-paused-replaced = 已暂停，{ $other } 的优惠相同。
rules-paused-on-purpose = { $by } 于 { $day } 主动暂停。

rules-in-review = { $platform } 审核中，买家暂时无法使用。
rules-rejected = { $platform } 审核未通过，原因见券页面。

rules-status-unknown = 状态为“{ $raw }”，含义不明，买家能否使用未知。
rules-status-untold = { $platform } 的状态含义不明，买家能否使用未知。
rules-claim-over = 已停止领取；买家手中的券可用至 { $end }。
rules-claim-over-needed = 已停止领取，{ $campaign }也没有其他券可领；买家手中的可用至 { $end }。
rules-ended-uncovered = 已于 { $at } 结束，但{ $campaign }持续至 { $day }，无其他券接替。
rules-ended-uncovered-undated = 已结束，但{ $campaign }持续至 { $day }，无其他券接替。
rules-ended-covered = 已于 { $at } 结束，{ $campaign }由 { $other } 继续。
rules-ended-covered-undated = 已结束，{ $campaign }由 { $other } 继续。
rules-ended-unneeded = 已于 { $at } 结束，没有活动需要它。
rules-ended-unneeded-undated = 已结束，没有活动需要它。
rules-ended-on-purpose = { $by } 于 { $day } 主动结束。

rules-sold-out = 共 { $total } 张，已领完：买家领不到了。
rules-sold-out-needed = 共 { $total } 张，已领完；{ $campaign }持续至 { $day }。
rules-sold-out-over = 共 { $total } 张，已领完；{ $campaign }已于 { $day } 结束。
rules-sold-out-to-come = 共 { $total } 张，已领完；{ $campaign } { $day } 才开始。
rules-sold-out-followed = 共 { $total } 张，已领完；已由 { $successor } 接替。
# 同上，用于按使用次数计数的优惠码；上面用于领取的券。
rules-used-up = 共 { $total } 张，已用完：买家无法再用。
rules-used-up-needed = 共 { $total } 张，已用完；{ $campaign }持续至 { $day }。
rules-used-up-over = 共 { $total } 张，已用完；{ $campaign }已于 { $day } 结束。
rules-used-up-to-come = 共 { $total } 张，已用完；{ $campaign } { $day } 才开始。
rules-used-up-followed = 共 { $total } 张，已用完；已由 { $successor } 接替。
rules-used-up-covered = 共 { $total } 张，已用完；{ $other } 的优惠相同。

rules-sold-out-scheduled = 共 { $total } 张，已无剩余；券尚未开始。
rules-sold-out-paused = 共 { $total } 张，已无剩余；券已暂停。

rules-low-stock = 剩 { $left } 张，共 { $total } 张（{ $percent }%）。
rules-low-stock-until = 剩 { $left } 张，共 { $total } 张（{ $percent }%），有效期至 { $day }。
rules-low-stock-under-one = 剩 { $left } 张，共 { $total } 张（不足 1%）。
rules-low-stock-under-one-until = 剩 { $left } 张，共 { $total } 张（不足 1%），有效期至 { $day }。

rules-runs-out = 剩 { $left } 张，日均使用 { $pace } 张：{ $out } 就会用完，而有效期至 { $day }。
rules-runs-out-shortly = 照此速度 { $out } 就会用完，而有效期至 { $day }。

rules-sudden-drop = { $since } 还剩 { $before } 张，现只剩 { $left } 张，请查明去向。
rules-sudden-drop-shortly = 自 { $since } 起库存骤降，请查明去向。

rules-today = 今天 { $clock } 结束，无其他券接替。
rules-today-needed = 今天 { $clock } 结束，但{ $campaign }持续至 { $day }。
rules-today-over = 今天 { $clock } 结束，所属{ $campaign }已于 { $day } 结束。
rules-today-planned = 今天 { $clock } 随{ $campaign }一同结束。
rules-today-to-come = 今天 { $clock } 结束，而{ $campaign } { $day } 才开始。

rules-soon = { $at } 结束，还有 { $days } 天，无其他券接替。
rules-soon-needed = { $at } 结束，还有 { $days } 天；{ $campaign }持续至 { $day }。

rules-gap-start = { $at } 才开始，而{ $campaign } { $day } 就开始。
rules-gap-end = { $at } 就结束，而{ $campaign }持续至 { $day }。

rules-spend-high = 门槛 { $spend }，高于{ $campaign }的上限 { $bound }。
rules-spend-high-usual = 门槛 { $spend }，高于店铺规定的上限 { $bound }。
rules-spend-low = 门槛 { $spend }，低于{ $campaign }的下限 { $bound }。
rules-spend-low-usual = 门槛 { $spend }，低于店铺规定的下限 { $bound }。
rules-spend-none = 没有门槛，而{ $campaign }要求至少 { $bound }。
rules-spend-none-usual = 没有门槛，而店铺规定至少 { $bound }。
rules-spend-replaced = 门槛合适的 { $other } 已在，可择时结束此券。
rules-spend-outside = 门槛超出了活动计划允许的范围。

rules-free-order = 无门槛立减 { $sum }：买 { $sum } 等于白送。
rules-free-order-small = 无门槛立减 { $sum }：小额订单等于白送。
rules-free-order-from = 满 { $spend } 减 { $sum }：买 { $spend } 等于白送。
rules-free-order-from-small = 满 { $spend } 减 { $sum }：小额订单等于白送。
rules-free-order-shortly = 减免金额不低于门槛，小额订单等于白送。
rules-share-high = 优惠 { $percent }，超过规定的上限 { $most }%。
rules-share-high-shortly = 优惠比例超过规定的上限。

rules-uncapped = 优惠 { $percent }，不封顶也无门槛：单笔让利没有上限。
rules-uncapped-shortly = 不封顶也无门槛：单笔让利没有上限。

rules-duplicate = 与 { $other } 规则相同、时间重叠：买家可用两次。
rules-same-code = 券码 { $code } 有两张：买家用到哪张说不准。

rules-today-covered = 今天 { $clock } 结束，{ $campaign }由 { $other } 继续。
rules-today-others = 今天 { $clock } 结束，{ $campaign }由条件不同的 { $other } 继续。
rules-today-others-shortly = 今天 { $clock } 结束，活动由其他券继续。
rules-today-always = 今天 { $clock } 结束，{ $campaign }没有其他券。
rules-soon-always = { $at } 结束，还有 { $days } 天；{ $campaign }没有其他券。
rules-ended-always = 已结束，{ $campaign }没有其他可用的券。
rules-sold-out-covered = 共 { $total } 张，已领完；{ $other } 的优惠相同。
rules-loses-from = 满 { $spend } 减 { $sum }：最小订单让利 { $percent }。
rules-loses-shortly = 最小订单让利 { $percent }。
rules-share-uncapped = 优惠 { $percent }，不封顶、几乎无门槛：订单越大亏得越多。
rules-uncapped-from = 满 { $spend } 优惠 { $percent }，不封顶：单笔让利没有上限。
rules-duplicate-until = 与 { $other } 规则相同，后者有效期至 { $end }：买家可用两次。
rules-would-repeat = 与 { $other } 规则相同：这张也可用时，买家可用两次。
rules-would-repeat-shortly = 与 { $other } 规则相同。
rules-would-be-next = 与 { $other } 互相影响：请两张一并决定。
rules-would-go-on = 按建议处理后还会出现其他异常：请一并决定。

# “建议”有几项时的“原因”：先说第一项的原因，再列出其余各项的异常名称。

rules-why-and = { $why }另有：{ $also }。
rules-why-and-shortly = { $all }。

# 不处理的行的“建议”, 接在“不处理:”之后。

rules-stopped = { $by } 于 { $day } 主动停用
rules-kept = { $by } 已确认保留：{ $note }
rules-kept-until = { $by } 已确认保留至 { $until }：{ $note }

# 店铺的“原因”, 长度不限。

rules-store-not-loaded = { $problem } 该店铺的券不在本文件中。
rules-store-wrong = 配置与店铺对不上。{ $problem }。该店铺的券不在本文件中。
rules-store-restricted = 平台已限制该店铺。{ $problem } 该店铺的券不在本文件中。
rules-coupons-unreadable = 有 { $count } 张券无法读取，第一张：{ $first }
rules-store-differs = { $problem }。
rules-list-incomplete = 应有 { $expected } 张券，只加载到 { $count } 张；密钥可能没有读取其余券的权限。
rules-unplanned = 有 { $count } 张可用的券不属于活动计划中的任何活动，第一张：{ $first }。
rules-uncovered = { $campaign }持续至 { $day }，该店铺没有可用的券。
rules-uncovered-always = { $campaign }在该店铺没有可用的券。
rules-uncovered-to-come = { $campaign } { $day } 开始，该店铺还没有券。
rules-sign-in-ends = 授权将于 { $day } 到期，请在此之前运行 `couponbook auth login { $store }`。

# 店铺未能读取的原因（非平台答复）。

load-broke = { $store }：加载时意外出错（{ $error }），请反馈给我们
load-not-begun = { $store }：未开始加载，原因：{ $why }
load-took-too-long = { $store }：{ $minutes } 分钟内未加载完；请重新导出，或在 [export] 中调大 store_deadline_minutes

# 导出时在终端上显示。

notice-clock = 今天或即将到期的判断可能有误：{ $store }{ $more ->
    [0] {""}
   *[other] {" "}等 { $more } 家店铺
}：{ $problem }
notice-tie = { $store } 的 { $coupon }{ $more ->
    [0] {""}
   *[other] 等券（另有 { $more } 张）
}同时符合 { $winner } 和 { $rival }，已计入 { $winner }。请把其中一个匹配式写得更具体。
notice-not-compared = 无法与之前的导出对比：{ $error }
notice-no-stock = 无法读取之前的导出，本次不判断库存使用速度：{ $error }
notice-left-out = 档案无法证明其未被改动，本次未与之对比：{ $flaw }
notice-left-out-more = 另有 { $count } 处也未对比；可运行 couponbook archive verify 查看
