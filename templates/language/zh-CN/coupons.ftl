# 简体中文: coupons
