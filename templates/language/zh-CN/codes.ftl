# 简体中文：批准者的一次性验证码

code-title = 方案 { $plan } 的验证码：{ $code }
code-what = 共 { $changes } 项改动，涉及 { $stores } 家店铺，由 { $by } 决定。目前没有发送任何改动。
code-until = 此验证码只能批准本方案一次，有效期至 { $until }（{ $zone }）。请勿转告他人。
code-page = 请先查看方案旁的 { $page }。同意：把验证码填入其中的蓝色单元格，保存后交回。
code-command = 或者运行：{ $command }
code-foot = { $plan } · 指纹 { $fingerprint }…
