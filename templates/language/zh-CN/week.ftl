# 简体中文: 周审计工作簿

week-by-approved = { $by }，{ $names } 批准
week-title = 每周审计 · { $week }
week-footer = 每周审计 { $week }
week-span = { $first } 至 { $last }
week-line = { $span } · { $exports } 次导出 · { $stores } · { $place }时间
week-empty = 本周没有导出：店铺未加载，情况不明。请每天至少运行一次 `couponbook export`。

week-sheet-summary = 汇总
week-sheet-open-times = 处理时长
week-sheet-actions = 操作
week-sheet-money = 金额
week-sheet-sign-offs = 签核
week-sheet-offenders = 高频问题
week-sheet-failed-loads = 加载失败
week-sheet-by-hand = 手动处理
week-tip-sheet = 打开对应的工作表

# 汇总
week-tile-new = { $count ->
   *[other] 新增问题
}
week-tile-resolved = 已解决
week-tile-open = { $count ->
   *[other] 问题未解决
}
week-tile-done = { $count ->
   *[other] 操作成功
}
week-tile-missed = { $count ->
   *[other] 漏签
}
week-tile-not-kept = 尚无签核记录
week-tile-failed = { $count ->
   *[other] 加载失败
}
week-first = 优先关注
week-first-nothing = ✓ 店铺全部加载，签核齐全，操作全部成功，没有紧急问题未解决。
week-first-load = { $store } 有 { $times } 次导出未能加载。
week-first-loads = { $stores } 家店铺出现过加载失败，{ $store } 最多（{ $times } 次）。
week-first-missed = 有 { $count } 项漏签。
week-first-broken = 有 { $count } 项操作失败、被拒绝或有冲突。
week-first-longest = { $store } 的 { $coupon } 未解决时间最长：{ $finding }，已持续 { $span }。
week-first-longest-store = { $store } 未解决时间最长：{ $finding }，已持续 { $span }。
week-first-by-hand = 还有 { $count } 项手动处理未完成。
week-heat = 每日问题
week-heat-line = 每家店铺以其最近一次导出为准，取当天上午、下午中的最大值。? = 当天没有导出。
week-heat-nothing = ✓ 本周没有发现问题。
week-head-in-week = 本周涉及
week-head-still-open = 未解决
week-none-open = 无
week-severities = 每日待查看数
week-severities-line = 券、店铺和活动计划行按各自最高级别计，与“汇总”一致。
week-live = 可用的券
week-chart-alt = 柱形图：一周中每天的券、店铺和活动计划行数，按各自最高级别计，取上午、下午中的较大值。数字见上方表格。

# 处理时长
week-open-times-title = 问题持续了多久
week-open-times-line = 本周共 { $all } 个问题，周末时 { $open } 个未解决。店铺未加载或未导出时，问题在 14 天内视为未解决。
week-open-times-nothing = ✓ 本周没有发现问题。
week-state-open = 未解决
week-state-resolved = 已解决
week-state-ended = 已消除
week-whole-store = 整家店铺
week-at-least = 至少 { $span }
week-minutes = { $minutes } 分钟
week-hours = { $hours } 小时
week-days-hours = { $days } 天 { $hours } 小时

# 操作
week-actions-title = 决定了什么，结果如何
week-actions-line = 本周执行共涉及 { $count } 行。
week-actions-nothing = 本周没有执行任何操作。
week-actions-people = 按人员
week-actions-rows = 逐行明细

# 金额
week-money-title = 金额
week-money-line = 无需任何操作，买家现在或将来可得的券：剩余数量 × 单次使用的最大优惠。每家店铺以其最近一次导出为准；已暂停的券不计。
week-money-nothing = 没有可统计的金额：本周各次导出中没有成本已知的券。
week-money-no-limit-added = { $count ->
   *[other] 本周有 { $count } 项变更涉及没有上限的券。
}
week-money-saved-line = 新增：补库存、延期和新建券可能增加的支出。减少：由我们结束、暂停或删除的券原本还可能带来的支出。
week-money-exports = 逐个上午、下午
week-money-days = 每日：全部券还可能带来的支出
week-money-chart-alt = 柱形图：{ $currency } 券在每天结束时还可能带来的最大支出。数字见每日表格。
week-chart-millions = 百万

# 签核
week-sign-offs-title = 签核
week-sign-offs-line = 应签 { $all } 项，漏签 { $missed } 项。
week-sign-offs-all = ✓ { $all } 项全部已签。
week-sign-offs-not-kept = 归档中还没有签核记录。
week-sign-offs-nothing = 没有可显示的签核。检查表已签核的工作簿经 plan 或 apply 命令处理后，签核就会存入归档。
week-missed = 漏签

# 高频问题
week-offenders-title = 反复出现的问题
week-offenders-line = 本周问题最多的券和店铺；解决后又出现的问题重复计数。
week-offenders-coupons = 券
week-offenders-none = ✓ 没有券出现过一个以上的问题。
week-offenders-stores = 店铺
week-offenders-more = { $count ->
   *[other] 另有 { $count } 张券，见“处理时长”
}
week-kind-times = { $finding }（{ $times } 次）
week-list-comma = 、

# 加载失败
week-failed-title = 未能加载的店铺
week-failed-line = { $count ->
    [0] ✓ 每次导出所有店铺均已加载。
   *[other] 共 { $count } 次加载失败。店铺未加载时，店内情况不明。
}
week-failed-nothing = ✓ 本周每次导出所有店铺均已加载。
week-failed-times = { $count ->
   *[other] { $count } 次
}

# 手动处理
week-by-hand-title = 手动处理
week-by-hand-line = 周末时 { $open } 项未完成，{ $done } 项已确认完成。
week-by-hand-nothing = ✓ 本周没有待手动处理的事项。

# 列标题
week-head-account = 账户、工作簿作者
week-head-action = 操作
week-head-added = 变更新增
week-head-age = 已历时
week-head-already = 此前已完成
week-head-asked = 提出时间
week-head-became = 实际执行
week-head-before-after = 变更前 → 变更后
week-head-by = 操作人
week-head-by-hand = 手动处理
week-head-can-cost = 可能支出
week-head-change = 变化
week-head-coupon = 券
week-head-coupons = 涉及的券
week-head-currency = 币种
week-head-day = 日期
week-head-done = 完成
week-head-due = 截止
week-head-export = 导出时间
week-head-failed = 失败
week-head-finding = 问题
week-head-findings = 问题数
week-head-first-failed = 首次
week-head-first-seen = 首次发现
week-head-hours = 小时数
week-head-how = 如何消除
week-head-kinds = 具体问题
week-head-last-failed = 最近一次
week-head-message = 说明
week-head-not-done = 未完成
week-head-of-exports = 导出次数
week-head-on-findings = 其中有问题的券
week-head-open-for = 持续时间
week-head-outcome = 结果
week-head-owner = 负责人
week-head-request = 请求 ID
week-head-resolved = 消除时间
week-head-rows = 行数
week-head-runs = 执行次数
week-head-saved = 变更减少
week-head-seen-done = 确认完成
week-head-severity = 级别
week-head-state = 状态
week-head-store = 店铺
week-head-to-do = 待办
week-head-week-began = 首批导出后
week-head-week-ended = 末批导出后
week-head-what = 检查项
week-head-when = 时间
week-head-whose = 负责人
week-head-why = 原因
week-head-words = 平台原文
week-head-worst = 最严重
