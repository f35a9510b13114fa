# 简体中文：待审核的计划

review-sheet = 计划
review-sheet-rows = 明细
review-title = 待审核的计划
review-footer = 计划 { $plan }
review-rows = 计划的每一行
review-line = { $by } 于 { $at } 根据 { $workbook } 制定 · { $stores } 共 { $changes } 项改动 · { $left ->
    [0] 没有遗漏的行
   *[other] { $left } 行不执行
}
review-second-person = 第二人
review-nobody-needed = 未超过配置的限额，无需他人批准。
review-by-store = 将会发生什么
review-no-change = 不会发送任何改动。
review-count = { $count } × { $what }
review-no-limit = { $count } 项没有上限
review-nothing-more = 无额外花费
review-for-good = 无法撤销
review-all-can-be-undone = ✓ 每项改动都可以撤销。
review-answer = 您的答复
review-plan-file = 方案文件
review-plan-sha256 = 方案指纹
review-code = 您的验证码
review-how-to-sign = 批准者须对方案文件本身签名：couponbook approve { $plan }。写在这里的字不算数。
review-how-to-type = 只对本方案有效的一次性验证码已发送给 { $people }。同意：把您的验证码填入蓝色单元格，保存后交回本页。不同意：留空即可，不会发送任何改动。有密钥的人也可以直接签署：couponbook approve { $plan }。
review-head-store = 店铺
review-head-changes = 改动
review-head-what = 内容
review-head-cost = 最多额外花费
review-head-for-good = 无法撤销
review-head-coupon = 优惠券
review-head-becomes = 实际操作
review-head-before = 之前
review-head-after = 之后，或原因
review-head-why = 无法撤销
