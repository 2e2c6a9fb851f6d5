"""What people ask of their own data (个人信息保护法 §§44–50): access, a copy, correction, deletion; with deadlines."""
