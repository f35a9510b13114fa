# 简体中文: stores
