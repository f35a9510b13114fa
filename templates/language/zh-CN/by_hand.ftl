# 简体中文: by_hand
