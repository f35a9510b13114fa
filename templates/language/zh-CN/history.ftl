# 简体中文: 多周对比

history-title = 优惠券历史 · { $first } 至 { $last }
history-line = { $weeks } 周共 { $exports } 次导出
history-only = 仅限 { $what }
history-time = { $place }时间
history-empty = 这几周没有导出：店铺未加载，情况不明。请每天至少运行一次 `couponbook export`。
history-no-export = 本周没有导出
history-week = { $first } 至 { $last }
history-of = { $count } / { $all }

history-sheet-summary = 汇总
history-sheet-findings = 每周问题
history-sheet-stores = 店铺
history-sheet-money = 风险金额
history-sheet-missed = 加载与签核

# 汇总
history-tile-critical = 严重
history-tile-warning = 警告
history-tile-notice = 提示
history-tile-failed = 加载失败
history-tile-missed = 漏签
history-tile-was = { $what }，上期 { $before }
history-tiles = { $week } 与 { $before } 对比。券、店铺和活动计划行按各自最高级别计，为各店铺自身导出的平均值；加载失败和漏签为全周合计。
history-tiles-first = { $week }，首个有导出的周。券、店铺和活动计划行按各自最高级别计，为各店铺自身导出的平均值；加载失败和漏签为全周合计。
history-moved = 主要变化
history-moved-nothing = 与上期相比没有变化。
history-moved-load = 最近一周 { $exports } 次导出中，{ $store } 有 { $times } 次未能加载。
history-moved-grew = { $finding }增加最多：平均 { $now } 个，上期 { $before } 个。
history-moved-fell = { $finding }减少最多：平均 { $now } 个，上期 { $before } 个。
history-moved-store = 最近一周问题最严重的店铺是 { $store }：平均 { $average } 项待查看。
history-severities = 每周平均待查看数
history-chart-alt = 柱形图：每周平均的券、店铺和活动计划行数，按各自最高级别计。数字见下方表格。
history-numbers = 图表数据
history-numbers-foot = 券、店铺和活动计划行按各自最高级别计，为各店铺自身导出的平均值；加载失败和漏签为合计。? = 未知。

# 每周问题
history-findings-title = 每周问题
history-findings-line = 各问题平均有多少，各店铺按自身导出计，符号表示最严重的级别；有多个问题的券计入多行。? = 该周没有导出。
history-findings-nothing = ✓ 这几周没有发现问题。
history-findings-all = 全部问题

# 店铺
history-stores-title = 各店铺每周情况
history-stores-line = 店铺成功加载时，其券和店铺本身按各自最高级别计的平均数，符号表示最严重的级别，严重的在前。? = 该周始终未能加载；– = 未导出该店铺。

# 风险金额
history-money-title = 每周风险金额
history-money-line = 每周末，无需任何操作，买家现在或将来可得的券：剩余数量 × 单次使用的最大优惠。每家店铺以其最近一次导出为准；已暂停的券不计。
history-money-nothing = 没有可统计的金额：这几周没有成本已知的券。
history-money-all = 全部券
history-money-on-findings = 其中有问题的券
history-money-no-limit = 没有上限的券
history-money-not-known = 成本未知的券
history-money-charts = 全部券（图表）
history-money-chart-alt = 柱形图：{ $currency } 券在每周末还可能带来的最大支出。数字见“全部券”表格。

# 加载与签核
history-missed-title = 漏检情况
history-missed-line = 未能加载的店铺和检查表中无人签核的项目。– = 无需处理。
history-missed-loads = 加载失败
history-missed-loads-nothing = ✓ 这几周每次导出所有店铺均已加载。
history-missed-sign-offs = 漏签
history-missed-sign-offs-nothing = ✓ 这几周没有应签项目。
history-missed-none = 无

# 列标题
history-head-all = 合计
history-head-all-weeks = 全部周
history-head-average = 每次导出待查看数
history-head-critical = 每次导出严重数
history-head-coupons = 券数
history-head-exports = 导出次数
history-head-failed = 加载失败
history-head-live = 可用的券
history-head-loaded = 成功加载
history-head-missed = 漏签
history-head-most = 同时最多
history-head-week = 周
