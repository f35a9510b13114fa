# 简体中文: 执行方案、结果与手动处理

# 状态，用在句子里
results-status-scheduled = 未开始
results-status-active = 进行中
results-status-paused = 已暂停
results-status-in-review = 审核中
results-status-rejected = 审核未通过
results-status-ended = 已结束
results-status-in-the-bin = 在回收站
results-status-unknown = 状态未知

# 修改前、修改后
results-ends = 结束时间 { $end }
results-no-end = 长期有效
results-total = 发放总量 { $total }
results-no-limit = 数量不限
results-min-spend = 门槛 { $amount }
results-amount = { $amount }
results-no-minimum = 无门槛
results-minimum-items = 满 { $items } 件
results-not-known = 未知
results-gone = 已不存在
results-gone-instead = 已删除（{ $why }）
results-as-of = 本次执行未读取：截至 { $at } 的数值
results-in-bin = { $after }，可从店铺回收站恢复
results-where-bin = 在店铺回收站
results-ended = 已结束
results-ended-instead = 已结束（{ $why }）
results-paused = 已暂停
results-paused-instead = 已暂停（{ $why }）
results-active = 已启用
results-instead-of-deleted = 代替删除：{ $reason }
results-instead-of-ended = 代替结束：{ $reason }
results-instead-of-paused = 代替暂停：{ $reason }
results-back-now = { $status }，{ $ends }
results-back-later = { $status }，开始时间 { $start }，{ $ends }
results-copy-before = { $status }，{ $ends }
results-copy-after = 新券 { $label }：{ $starts }，{ $ends }，{ $total }，{ $minimum }
results-ends-clipped = { $ends }（{ $clipped }）
results-starts = 开始时间 { $start }
results-starts-at-once = 立即开始
results-clipped = 已缩短为 { $days } 天，{ $platform } 的最长期限
results-kept = 保留现状：{ $note }
results-kept-until = 保留现状至 { $end }：{ $note }
results-nothing-found = 没有发现问题
results-rules = { $discount }，{ $minimum }
results-rules-other = { $rules }，但其他规则不同（商品、渠道、限制）
results-undo-delete = 彻底删除的券无法恢复
results-undo-end = { $platform } 不能重新开始已结束的券；只能另建新券
results-old-goes-on = 旧券会继续有效：如需停用，请对旧券也填“结束”。

# 操作在平台上的做法
results-becomes-extend-in-place = 直接延期
results-becomes-shorten-in-place = 直接提前结束
results-becomes-follow-on = 另发后续券
results-becomes-raise-total = 增加发放总量
results-becomes-change-min-spend = 修改门槛
results-becomes-end = 立即结束
results-becomes-pause = 暂停
results-becomes-enable = 启用
results-becomes-delete = 彻底删除
results-becomes-trash = 移到店铺回收站
results-becomes-create = 新建券
results-becomes-keep = 保留现状

# 无需再做、已拒绝、有冲突：句子的一部分，不带句号
results-not-on-this-coupon = { $platform }：{ $reason }
results-platform-reason = { $platform }，{ $status }的券：{ $reason }
results-is-gone = 券已经不存在
results-is-ended = 券已经结束
results-is-paused = 券已经暂停
results-is-active = 券已经启用
results-end-already = 已经是：{ $end }
results-value-already = 已经是：{ $value }
results-successor = { $label } 会接替，{ $ends }
results-successor-earlier = { $label } 会接替，{ $ends }；要更晚结束，请对那张券延期
results-duplicate = { $label } 规则相同，{ $ends }
results-end-before-start = 新的结束时间不晚于开始时间（{ $start }）
results-end-in-the-past = { $end }（{ $zone }）已是过去
# 旧版本的记录中
results-in-the-past = { $end } 已是过去
results-longest = { $platform } 的券有效期最长 { $days } 天
results-shortest = { $platform } 的券有效期最短 { $minutes } 分钟
results-end-passed = 已经到期：{ $end }
results-no-later-end = { $reason }；无法确定可以延到什么时候
results-wrong-clock = 时钟不一致，不发送任何改动：{ $problem }
results-wrong-shop = 店铺与配置不符，不安排任何改动：{ $problem }
results-store-not-asked = 无法查询店铺的当前状态：{ $reason }
results-not-loaded = 没有加载它的当前状态
results-others-not-loaded = 没有加载该店铺的其他券
results-rules-not-known = 它的规则没有全部获取到，而且券已不存在
results-discount-not-written = 它的优惠（{ $discount }）本程序只能显示，不能写入
results-copy-ends-early = 新券还没开始就会结束
results-copy-too-short = 新券有效期不足 { $minutes } 分钟，低于 { $platform } 的最短期限
results-no-code-by-api = { $platform } 的接口不能创建带券码的券
results-no-code = 它没有券码，无法沿用
results-no-free-code = 没有与 { $code } 相近的可用券码了
results-only-the-page = 缺什么只有平台自己的页面会说明
results-starts-by-itself = 到时会自动开始：只需等待
results-left-alone = 没有建议：{ $words }
results-only-pages-help = 这里只有平台自己的页面能处理
results-nothing-suggested = 这一行没有建议
results-span-too-long = 时长超出了日历范围
results-no-end-to-renew = 它没有结束时间，无需延期
results-no-new-end = 这一行没有建议的新结束时间
results-keep-needs-reason = “保留”需要说明原因
results-clear-no-stock = “增加库存”里不能填 [清除]
results-no-limit-to-add = 它不限数量，无需补库存
results-total-too-large = 发放总量会超出平台上限
results-min-spend-empty = “新门槛”没有填
results-min-spend-negative = 门槛不能小于零
results-too-many-decimals = { $decimals ->
    [0] { $amount } 带小数，而 { $currency } 没有小数
   *[other] { $amount } 的小数超过 { $decimals } 位
}
results-row-twice = 工作簿里这一行出现多次，且都填了操作：{ $places }
results-in-doubt = 它之前的一次改动结果不明：执行批次 { $run } 没有收到平台的响应
results-other-part = 这一行属于店铺 { $store }，而这份工作簿是本次导出中的“{ $part }”部分，不包含该店铺

# 下一步：句子的一部分，不带句号
results-next-own-part = 请填到包含 { $store } 的那份工作簿里；如确需一并执行，请加 --whole（接受所有店铺的行）
results-next-later-or-end = 请填更晚的“新结束时间”，或改填“结束”
results-next-at-latest = 请填“新结束时间”，最晚：{ $end }
results-next-at-earliest = 请填“新结束时间”，最早：{ $end }
results-next-renew-then-enable = 请先用“延期”并填“新结束时间”，之后再用“启用”
results-next-renew = 请改用“延期”，并填“新结束时间”
results-next-mend-plan = 解决后请重新生成执行方案
results-next-plan = 请重新生成执行方案
results-next-own-coupon = 请在后台自己建一张券
results-next-reload = 请用 --reload 重新导出后再看
results-next-copy-by-hand = 请在平台后台手动复制一张
results-next-later-end = 请填更晚的“新结束时间”
results-next-recreate = “重建”可以新建一张规则相同的券
results-next-end = “结束”可以让它彻底停用
results-next-help = 请清空“操作”，或在“帮助”里查看该平台能做什么
results-next-action-wanted = 请填您要的操作，或清空单元格
results-next-action = 请填您要的操作
results-next-date = 请在“新结束时间”填写日期
results-next-empty = 请清空“操作”
results-next-empty-others = 请只保留一处“操作”，其余清空
results-next-note = 请写在“备注”里
results-next-how-many-copy = 请填新券的数量
results-next-how-many = 请填要增加的数量
results-next-smaller = 请在“增加库存”填小一些的数字
results-next-amount = 请在“新门槛”填金额
results-next-the-amount = 请在“新门槛”填金额
results-next-rounded = 请在“新门槛”填取整后的金额
results-next-apply-run = 请再次执行该批次的工作簿（在 archive/runs/{ $run } 中，名为 handed-back）：程序会先向平台查询，不会重复操作

# 安全限制
results-brake = 安全限制：{ $reason }
results-brake-release = 如确认无误，可解除限制：{ $flag }
results-brake-old = 工作簿已有 { $hours } 小时；超过 { $most } 小时可能已不准确
results-brake-hidden = 交回工作簿时这一行是隐藏的，可能没有被看到
results-brake-read-only = { $store } 在配置中是只读（access = "read-only"）
results-brake-losing = 结果会没有门槛，或在规则允许的订单上亏本
results-brake-same-action = { $store } 有 { $count } 行填了“{ $action }”；超过 { $most } 行，疑似误用了下拉填充
results-brake-removed = { $store } 的 { $live } 张可用券中有 { $removed } 张会被删除或结束（{ $share }%）；上限是 { $percent }% 且 { $most } 张
results-brake-empty = { $store } 将没有任何可用券
results-brake-exposure = 本执行方案最多会多花 { $sum }；上限是 { $most }
results-brake-unbounded = 它的花费没有上限；本执行方案的上限是 { $most }
results-release-old = 加上 --allow-old，或重新导出
results-release-hidden = 加上 --include-hidden，或取消隐藏后再保存
results-release-read-only = 把该店铺设为 access = "read-write"

# 结果
results-done = { $becomes }：已完成并回读确认
results-done-asked = { $becomes }：没有收到响应；事后查询，已经完成
results-already-so = 无需再做：原本就是这样。本次执行没有任何改动。
results-already = 无需再做：{ $why }。
results-already-by = { $why }，{ $by }。没有发送任何请求。
results-settled = 之前已经处理
results-settled-by = 由 { $by } 于 { $at } 处理（执行批次 { $run }）
results-found = { $findings }
results-planned-there = { $label } 已经有了，{ $ends }
results-by-hand = 平台接口做不到。
results-conflict = 导出后有改动：导出时是“{ $exported }”，您要“{ $wanted }”，现在是“{ $live }”。
results-conflict-late = 生成执行方案后有改动：现在是“{ $live }”
results-next-export = 请重新导出，再按新的数值决定。
results-next-decide-anew = 请重新决定：本行显示的是当前数值。
results-next-correct = 请改正这一行，再交回本文件。
results-next-same-again = 请再次交回同一工作簿：程序会先向平台查询，不会重复操作。
results-next-look = 请到其页面查看：如果不符，请在那里改。不会再发送或查询。
results-next-rest = 请再次交回工作簿：剩下的会接着处理。
results-next-connection = 没有任何改动。请恢复店铺连接，再交回本文件。
results-stopped = 执行到这一行之前已停止
results-interrupted-unanswered = 执行中断时还没有收到响应
results-interrupted-unread = 平台已接受，但回读之前执行就中断了
results-interrupted-half = 执行在这一行的几个步骤之间中断
results-interrupted-before = 执行到这一行之前已中断
results-store-down = 店铺连接不上，这一行没有执行：{ $message }
results-code-taken = 券码 { $code } 此时已被另一项改动占用；请再次交回工作簿
results-lost-three-times = 三次都没有收到响应，且每次查询都没有完成
results-lost-neither = 没有收到响应，平台显示的既不是修改前也不是修改后：{ $live }
results-lost-asking-failed = 没有收到响应，查询也失败了：{ $error }
results-accepted-other = 平台已接受，但显示的是：{ $live }
results-accepted-unread = 平台已接受，但无法回读：{ $error }
results-shows-old = 旧值
results-not-shown = 平台已接受（或可能已接受），但多次查询仍显示：{ $live }；应为：{ $after }
results-shows-nothing = 什么也没有：券已不存在
results-shows-another = 另一张名为 { $label } 的券：{ $facts }（{ $id }）
results-facts = { $status }，{ $ends }，{ $total }，{ $minimum }

# 手动处理
results-task = { $to_do }（{ $why }）。
results-task-values = { $to_do }（{ $why }）。请填：{ $values }。
results-task-page = { $words }页面：{ $page }
results-to-do-end = 结束时间改为 { $end }
results-to-do-no-end = 取消结束时间
results-to-do-total = 发放总量增加 { $add }，改为 { $total }
results-to-do-minimum = 新门槛：{ $amount }
results-to-do-delete = 删除这张券
results-to-do-stop = 立即结束这张券
results-to-do-pause = 暂停这张券
results-to-do-enable = 启用这张券
results-to-do-copy = 复制一张，结束时间 { $end }
results-to-do-copy-no-end = 复制一张，不设结束时间
results-to-do-page = 打开它的页面，按平台提示处理
results-step-open-owned = 打开页面，进入创建它的工具或应用。
results-step-open-or-link = { $menu }，或点链接。
results-step-open = { $menu }。
results-step-click = 点 { $button }。
results-step-field = { $button } > { $field }。
results-step-type-one = 填入数值，再点 { $save }。
results-step-type-all = 填入各项数值，再点 { $save }。
results-step-confirm = 如有提示，请确认。
results-step-copy = { $button }；规则保持不变。
results-step-read = 查看平台在该页面的说明。
results-step-mend = 改正后重新提交。
# 括号内为平台后台的字段名
results-type-minimum = 门槛（{ $field }）：{ $amount }
results-type-total = 发放总量（{ $field }）：{ $total }
results-type-end = 结束时间：{ $end }
results-type-no-end = 不设结束时间
results-made-but = 新券已创建（{ $coupon }），但是：{ $message }
results-type-start = 开始时间：{ $start }
results-type-code = 券码或名称：{ $code }
results-becomes-planned = 按活动计划新建券
together = { $parts }
results-part-done = 已完成：{ $done }。{ $message }
