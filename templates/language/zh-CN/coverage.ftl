# 简体中文: coverage
