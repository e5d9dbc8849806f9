// Empty: the target that owns the compiled headers needs one source file.
