from setuptools import find_packages, setup

setup(
    name="caravan_cli",
    version="0.1.0",
    description="The `caravan` command.",
    license="Apache-2.0",
    maintainer="Caravan maintainers",
    maintainer_email="maintainers@caravan.example",
    packages=find_packages(),
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/caravan_cli"]),
        ("share/caravan_cli", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    entry_points={
        "console_scripts": [
            "caravan = caravan_cli.app:main",
        ],
    },
)
