"""What a study is: linked across registries and classified."""
