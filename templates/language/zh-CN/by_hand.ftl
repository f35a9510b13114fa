# 简体中文: 手动处理

by-hand-line = 平台接口不支持的改动。请在平台后台操作；下次导出会自动核对，已完成的会打勾。
by-hand-banner = ✎ 由您填写
by-hand-nothing = ✓ 没有需要手动处理的事项。
by-hand-no-values = 无
by-hand-column-state = 状态
by-hand-column-store = 店铺
by-hand-column-coupon = 优惠券
by-hand-column-to-do = 要做什么
by-hand-column-steps = 步骤
by-hand-column-values = 需照填的内容
by-hand-column-page = 页面
by-hand-column-owner = 负责人
by-hand-column-due = 截止
by-hand-column-done-by = 完成人
by-hand-column-note = 备注
by-hand-column-row-key = 行标识
by-hand-done = ✓ 已完成
by-hand-closed = ✓ 已关闭
by-hand-open = { $mark } 待处理
by-hand-gone = 这张券已不在店铺中，无需再处理。
by-hand-over = 这张券已结束，请重新决定。
by-hand-not-seen = ? 未看到：店铺没有完整加载。
by-hand-seen = { $day } 的导出已确认完成。
